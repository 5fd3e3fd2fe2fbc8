"""A mailing list: what recipients can unsubscribe from without leaving all the others."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.models.retirable import Retirable, RetirableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers


class MailingListQuerySet(RetirableQuerySet):
    def by_name(self):
        return self.order_by("name", "id")


class MailingList(Retirable):
    """Recipients read its name when they unsubscribe."""

    table = "mailing_list"
    undo = UndoRules()

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.CharField(
        _("description"),
        max_length=200,
        blank=True,
        help_text=_("Recipients read it on the page where they unsubscribe."),
    )

    objects = MailingListQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing list")
        verbose_name_plural = _("mailing lists")
        triggers = build_change_triggers("mailing_list")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name


class ListUnsubscribe(models.Model):
    """An address that has left one list; leads.Unsubscribe has those that have left all. It outlives its records."""

    list = models.ForeignKey(MailingList, models.CASCADE, related_name="unsubscribes")
    email_key = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["list", "email_key"], name="list_unsubscribe_once")]
