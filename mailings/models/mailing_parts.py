"""What belongs to a mailing: its files, and the links in it that are counted."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from mailings.models.delivery import Delivery
from mailings.models.mailing import Mailing


class MailingFileQuerySet(RemovableQuerySet):
    def changeable_by(self, user):
        return self.filter(mailing__in=Mailing.objects.changeable_by(user).values("pk"))


class MailingFile(models.Model):
    """A file that goes out with each email; its fields are those of crm.platform.files.attachment_storage.KeptFile. The rows of a mailing and
    its copy name the same file on the disk, which the hourly cleanup removes once no row needs it."""

    table: ClassVar[str] = "mailing_file"
    undo = UndoRules()

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=255)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    has_thumbnail = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = MailingFileQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("file of a mailing")
        verbose_name_plural = _("files of mailings")
        triggers = build_change_triggers("mailing_file")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name


class MailingLink(models.Model):
    """An address in the text of a mailing whose clicks are recorded."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="links")
    url = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["mailing", "url"], name="mailing_link_once")]


class Click(models.Model):
    """The first click of a recipient on a link."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="clicks")
    link = models.ForeignKey(MailingLink, models.CASCADE, related_name="clicks")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["delivery", "link"], name="click_once")]
