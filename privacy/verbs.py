"""The operations of privacy: rules, periods, exemptions, the record of processing, and what a rule deletes or erases at night."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from crm.records.editing.settings_change import register_settings_verb
from crm.records.history.verbs import Delete
from leads.models import Lead, Status
from privacy.models import ProcessingTexts, RetentionRule
from privacy.person_erasure import ErasePerson


@dataclass(frozen=True)
class DeleteByRetention(Delete):
    """Done by the worker, which has no permissions; undoing it requires those of users."""

    kind = "delete_by_retention"
    title = _lazy("Delete by a retention rule")

    status: int = 0
    months: int = 0

    @classmethod
    def get_right(cls, model: Any) -> str:
        return ""

    def get_parameters(self) -> dict:
        return {"status": self.status, "months": self.months}

    @classmethod
    def get_label(cls, parameters: dict, kind: Any) -> str:
        words = ngettext(
            "Delete after %(number)s month in the status %(status)s without activity",
            "Delete after %(number)s months in the status %(status)s without activity",
            parameters.get("months", 0),
        )
        return words % _describe_rule(parameters)


class EraseByRetention(ErasePerson):
    """The name of the operation; `erase` does it."""

    kind = "erase_by_retention"
    title = _lazy("Erase by a retention rule")

    @classmethod
    def get_label(cls, parameters: dict, kind: Any) -> str:
        words = ngettext(
            "Erase after %(number)s month in the status %(status)s without activity",
            "Erase after %(number)s months in the status %(status)s without activity",
            parameters.get("months", 0),
        )
        return words % _describe_rule(parameters)


def _describe_rule(parameters: dict) -> dict[str, Any]:
    status = Status.objects.filter(pk=parameters.get("status", 0)).first()
    return {"number": parameters.get("months", 0), "status": status.label if status else _("(deleted)")}


RULES = RetentionRule.get_right("change")
SETTINGS: list[tuple[str, str, Any]] = [
    ("add_retention_rule", RULES, _lazy("Add a retention rule")),
    ("edit_retention_rule", RULES, _lazy("Edit a retention rule")),
    ("confirm_retention_rule", RULES, _lazy("Confirm a retention rule")),
    ("remove_retention_rule", RULES, _lazy("Remove a retention rule")),
    ("edit_kept_periods", RULES, _lazy("Edit the retention periods")),
    ("edit_processing_texts", ProcessingTexts.get_right("change"), _lazy("Edit the record of processing")),
    ("keep_lead", Lead.get_right("change"), _lazy("Keep a lead in spite of retention rules")),
    ("stop_keeping_lead", Lead.get_right("change"), _lazy("Stop keeping a lead")),
]


def _register_privacy_verb(name: str, right: str, sentence: Any) -> None:
    register_settings_verb(name, right, lambda parameters: sentence)


for named in SETTINGS:
    _register_privacy_verb(*named)
EVENTS: list[tuple[Any, list[tuple[str, Any]]]] = [
    (
        _lazy("Retention"),
        [
            ("delete_by_retention", _lazy("leads deleted by a retention rule")),
            ("erase_by_retention", _lazy("person erased by a retention rule")),
            ("add_retention_rule", _lazy("retention rule added")),
            ("edit_retention_rule", _lazy("retention rule edited")),
            ("confirm_retention_rule", _lazy("retention rule confirmed")),
            ("remove_retention_rule", _lazy("retention rule removed")),
            ("edit_processing_texts", _lazy("record of processing edited")),
            ("edit_kept_periods", _lazy("retention periods edited")),
            ("keep_lead", _lazy("lead exempted from retention rules")),
            ("stop_keeping_lead", _lazy("lead no longer exempted")),
        ],
    )
]
