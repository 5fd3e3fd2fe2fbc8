"""The types that a custom field had before: the history shows each value with the type of its time."""

from copy import copy
from dataclasses import dataclass
from typing import Any

from crm.fields.models.custom_field import CustomField
from crm.platform.models.change import Change

# What a change of type changes in a definition.
CHANGED_WITH_TYPE = ("type", "decimals", "unit", "choices")


@dataclass(frozen=True)
class TypeChange:
    """A recorded change of type, with the definitions before and after it; fields have model fields of both."""

    change: int
    operation: int | None
    before: Any
    after: Any


def get_type_changes(definitions: list[CustomField]) -> dict[int, list[TypeChange]]:
    """The changes of type of each definition that had any, oldest first."""
    current = {row.pk: row for row in definitions}
    found: dict[int, list[TypeChange]] = {}
    rows = Change.objects.of_rows(CustomField.table, list(current)).with_field("type").newest_first()
    for change in rows:
        after = current[change.row]
        before, after = copy(after), copy(after)
        for name in CHANGED_WITH_TYPE:
            if name in change.diff:
                old, new = change.diff[name]
                setattr(before, name, old)
                setattr(after, name, new)
        current[change.row] = before
        found.setdefault(change.row, []).insert(0, TypeChange(change.pk, change.operation_id, before, after))
    return found


def get_fields_of_change(field: Any, change: Change) -> tuple[Any, Any]:
    """The field as it was for the old and for the new value of a recorded change."""
    for at in field.earlier:
        if at.operation and at.operation == change.operation_id:
            return at.before, at.after
    for at in field.earlier:
        if change.pk < at.change:
            return at.before, at.before
    return field, field


def had_same_type_since(field: Any, operation: int, change: int) -> bool:
    """Whether values that an operation wrote, with its last change, fit the present type of the field."""
    later = [at for at in field.earlier if at.change > change and at.operation != operation]
    return not later or later[0].before.definition.type == field.definition.type
