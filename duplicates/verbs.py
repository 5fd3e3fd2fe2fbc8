"""What users do with duplicates: marking records as different. It is an operation that can be undone."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import User
from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change
from crm.records.history.verb_execution import Verb
from duplicates.merging.merge_verb import Merge
from duplicates.models import Distinction
from duplicates.record_graph import Node, get_pairs

__all__ = ["EditDuplicateRules", "MarkAsDifferent", "Merge", "mark_as_different"]


class MarkAsDifferent(Verb):
    """`records` is how many; their names aren't kept here, because not everyone who sees the operation sees them."""

    kind = "mark_as_different"
    icon = "merge"
    title = _lazy("Mark as not duplicates")

    @classmethod
    def get_right(cls, model: Any) -> str:
        return "duplicates.view_likeness"

    @classmethod
    def get_label(cls, parameters: dict, kind: Any) -> str:
        number = parameters.get("records", 0)
        return ngettext(
            "Mark %(number)s record as not a duplicate", "Mark %(number)s records as not duplicates", number
        ) % {"number": number}


class EditDuplicateRules(Verb):
    kind = "edit_duplicate_rules"
    icon = "settings"

    @classmethod
    def get_right(cls, model: Any) -> str:
        return "duplicates.change_duplicaterules"

    @classmethod
    def get_label(cls, parameters: dict, kind: Any) -> Any:
        return _lazy("Edit the rules of duplicates")


def mark_as_different(nodes: Sequence[Node], *, by: User, channel: str = Operation.Channel.WEB) -> Operation:
    """Each of these records from each other one. The caller has checked that the user may change them."""
    rows = [
        Distinction(first_table=one[0], first_record=one[1], second_table=other[0], second_record=other[1])
        for one, other in get_pairs(nodes)
    ]
    with record_settings_change(MarkAsDifferent.kind, by=by, channel=channel, records=len(nodes)) as record:
        Distinction.objects.bulk_create(rows, ignore_conflicts=True)
    return record
