"""Unique custom fields in a file: rows that would make a second record with the same value are refused."""

from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.unique.taken_values import (
    get_comparison_keys,
    get_holders_by_key,
    get_taken_sentence,
)
from crm.models import PlannedRow
from crm.transfer.imports.check.import_rules import ImportRules

# A field and the key of a value (crm/fields/custom/unique/unique_triggers.py).
Key = tuple[str, str]


def get_unique_keys(rules: ImportRules, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The keys of each row's values in unique fields, by field; all rows together."""
    found: list[dict[str, str]] = [{} for _row in rows]
    for name, field in rules.unique_fields.items():
        keys = get_comparison_keys(field, [values.get(name) for values in rows])
        for known, values in zip(found, rows, strict=True):
            if key := keys.get(values.get(name)):
                known[name] = key
    return found


def get_current_holders(rules: ImportRules, rows: list[dict[str, str]]) -> dict[Key, int]:
    """The records that have these values, whoever may see them."""
    found: dict[Key, int] = {}
    for name, field in rules.unique_fields.items():
        if keys := {known[name] for known in rows if name in known}:
            found |= {(name, key): pk for key, pk in get_holders_by_key(field, keys).items()}
    return found


class OnlyOnce:
    """The values that the rows so far would write."""

    def __init__(self) -> None:
        self.written: dict[Key, int] = {}

    def find_refusal(
        self, plan: PlannedRow, keys: dict[str, str], held: dict[Key, int]
    ) -> tuple[str, str] | None:
        """The field whose value another record has, or another row would write, with a sentence; None if there is none."""
        own = plan.record if plan.action == "change" else None
        written = [key for key in keys.items() if key[0] in plan.values]
        for name, key in written:
            if held.get((name, key), own) != own:
                return name, get_taken_sentence()
            if (name, key) in self.written:
                return name, _("Row %(row)s has the same value.") % {"row": self.written[name, key]}
        self.written |= dict.fromkeys(written, plan.row)
        return None
