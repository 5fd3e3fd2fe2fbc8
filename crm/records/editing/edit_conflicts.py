"""Edit conflicts: what a form was rendered from, and which submitted fields a colleague has changed since."""

from dataclasses import dataclass
from typing import Any

from crm.fields.custom.definitions.type_history import get_fields_of_change
from crm.fields.custom.values.field_registry import get_all_custom_fields, is_custom
from crm.fields.custom.values.stored_values import (
    annotate_all_values,
    attach_custom_values,
    convert_stored_value,
)
from crm.models import Change
from crm.records.history.timeline import get_word_for_none
from crm.records.kinds.kind_registry import Kind


@dataclass(frozen=True)
class EditConflict:
    """A field that both users changed: its name, its value now, the submitted value, and the other user's change."""

    name: str
    label: str
    theirs: Any
    mine: Any
    change: Change
    # What is said in place of an empty value.
    none: str = "–"


def get_record_at_version(record: Any, version: int) -> Any:
    """A copy of the record as it was at that version, when the form was opened."""
    model = type(record)
    drawn = annotate_all_values(model.objects.all()).get(pk=record.pk)
    attach_custom_values([drawn])
    by_column = {
        field.column: field
        for field in (*model._meta.local_concrete_fields, *get_all_custom_fields(model.table))
    }
    for change in Change.objects.of_row(model.table, record.pk).since_version(version).order_by("-id"):
        for column, (old, _new) in change.diff.items():
            if column in by_column:
                field = by_column[column]
                then = get_fields_of_change(field, change)[0] if is_custom(field) else field
                value = convert_stored_value(then, old) if is_custom(field) else field.to_python(old)
                setattr(drawn, field.attname, value)
    return drawn


def get_last_changes_since(record: Any, version: int) -> dict[str, Change]:
    """The last change of each column that changed after that version."""
    touched = {}
    rows = (
        Change.objects.of_row(record.table, record.pk)
        .since_version(version)
        .select_related("operation__by")
        .order_by("id")
    )
    for change in rows:
        for column in change.diff:
            touched[column] = change
    return touched


def get_edit_conflicts(
    kind: Kind, record: Any, version: int, sent: dict[str, Any], *, decided: int = 0
) -> list[EditConflict]:
    """The submitted fields (name: cleaned value) that were changed to another value since the version.

    `decided` is the version up to which the user has seen the other values and chosen.
    """
    if version == record.version:
        return []
    touched = get_last_changes_since(record, version)
    found = []
    for name, mine in sent.items():
        change = next(
            (touched[column] for column in kind.get_database_columns(name) if column in touched), None
        )
        theirs = getattr(record, name)
        if change is not None and change.version > decided and theirs != mine:
            none = get_word_for_none(kind.get_field(name)) or EditConflict.none
            found.append(EditConflict(name, kind.get_heading(name), theirs, mine, change, none))
    return found
