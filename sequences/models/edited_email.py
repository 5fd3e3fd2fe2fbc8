"""The text of a coming email that someone edited for one record."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.work.models.activity import LONGEST_SUBJECT, LONGEST_TEXT
from sequences.models.enrollment import Enrollment


class EditedEmailQuerySet(RemovableQuerySet):
    def changeable_by(self, user):
        """Those of records that the user may change."""
        return self.filter(enrollment__in=Enrollment.objects.changeable_by(user).values("pk"))


class EditedEmail(models.Model):
    """It is sent as it is: no merge field is left in it, and the signature is part of it."""

    table = "edited_email"

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="edited_emails", db_index=False)
    key = models.CharField(max_length=16)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT)
    text = models.TextField(pgettext_lazy("of an activity", "text"), max_length=LONGEST_TEXT)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    undo = UndoRules(after_records=True)

    objects = EditedEmailQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("edited email")
        verbose_name_plural = _("edited emails")
        triggers = build_change_triggers("edited_email")
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "key"], name="edited_email_once"),
        ]
