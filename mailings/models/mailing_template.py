"""A template: what new mailings start with."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.platform.models.retirable import Retirable, RetirableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from mailings.models.mailing import LONGEST_SUBJECT, LONGEST_TEXT


class MailingTemplateQuerySet(RetirableQuerySet):
    def by_folder(self):
        return self.order_by(Lower("folder"), Lower("name"), "id")


class MailingTemplate(Retirable):
    table = "mailing_template"
    undo = UndoRules()

    name = models.CharField(_("name"), max_length=80)
    folder = models.CharField(_("folder"), max_length=80, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT)
    preheader = models.CharField(_("preview text"), max_length=150, blank=True, default="")
    text = models.TextField(_("text"), max_length=LONGEST_TEXT)
    plain = models.TextField(_("plain text"), max_length=LONGEST_TEXT, blank=True, default="")

    objects = MailingTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing template")
        verbose_name_plural = _("mailing templates")
        triggers = build_change_triggers("mailing_template")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name
