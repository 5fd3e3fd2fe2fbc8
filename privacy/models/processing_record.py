"""What Leadwell can't know for the record of processing: one row of texts, empty at first."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.singleton import OneRow
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers


def _build_text_field(label: Any, help_text: Any = "") -> models.TextField:
    return models.TextField(label, blank=True, default="", max_length=5_000, help_text=help_text)


class ProcessingTexts(OneRow):
    """`sensitive` are the custom fields with special categories of data: names such as "lead c12"."""

    table: ClassVar[str] = "processing_texts"
    undo = UndoRules()

    company = _build_text_field(_("controller"), _("The name and address of the company."))
    contact = _build_text_field(_("contact"), _("How people reach the company about their data."))
    officer = _build_text_field(_("data protection officer"), _("The name, email and phone."))
    purposes = _build_text_field(_("purposes of processing"), _("Such as selling our products to companies."))
    basis = _build_text_field(_("legal basis"), _("Such as consent, a contract or a legitimate interest."))
    persons = _build_text_field(_("further categories of persons"))
    recipients = _build_text_field(
        _("further recipients"), _("Such as an agency, or the company that runs the server.")
    )
    transfers = _build_text_field(
        _("transfers to third countries"),
        _("To which country, and with which safeguards; or that there are none."),
    )
    measures = _build_text_field(
        _("further security measures"), _("Such as locked rooms, training and contracts.")
    )
    sensitive = models.JSONField(_("fields with sensitive data"), default=list, db_default=[], blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        default_permissions = ("view", "change")
        verbose_name = _("record of processing")
        verbose_name_plural = _("record of processing")
        triggers = build_change_triggers("processing_texts")

    @classmethod
    def get_right(cls, action: str) -> str:
        return f"privacy.{action}_processingtexts"
