"""What the kept record of a merge has in each field: the value of the record that was chosen, or by the rules the newest one
that isn't empty."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from crm.fields.custom.values.field_registry import get_all_custom_fields, is_computed, is_edited_by
from crm.fields.custom.values.stored_values import get_values_model
from crm.fields.types.field_type import EMPTY_VALUES

# Columns that come from the same record as a field.
TOGETHER = {
    "phone": ("phone_normal",),
    "mobile": ("mobile_normal",),
    "value": ("currency",),
    "status": ("lost_reason_id", "lost_remark", "converted_at"),
    "owner": ("department_id",),
}
# A choice moves the record to another owner, department or scope, so it requires the permission to assign.
ASSIGNED = ("owner", "shared")
# Without a choice, the kept record keeps its own, even an empty one.
OWN = ("status", *ASSIGNED)
# They follow from others, from tasks, or are united.
NOT_CHOSEN = {
    "id",
    "department",
    "currency",
    "lost_reason",
    "lost_remark",
    "next_action",
    "next_action_on",
    "tags",
}
# Not on any form, but kept if the record has none.
FILLED = ("known_company", "client", "client_contact")
READ = ("pk", "updated_at", "version", "created_at", "tags")


@dataclass(frozen=True)
class RecordPart:
    """Columns, or one custom field, whose values come from one record."""

    name: str
    columns: tuple[str, ...]
    field: Any
    custom: bool = False

    @property
    def is_filled_only(self) -> bool:
        return self.name in FILLED


@dataclass
class RecordValues:
    """The values of a record by the name of each part, and what the rules compare."""

    pk: int
    updated_at: Any
    created_at: Any
    version: int
    tags: list[int]
    parts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_converted(self) -> bool:
        return any(self.parts.get(name) for name in ("client", "client_contact"))

    def is_empty(self, name: str) -> bool:
        value = self.parts.get(name)
        first = value[0] if isinstance(value, tuple) else value
        return first in EMPTY_VALUES or first is False


def get_record_parts(model: Any) -> list[RecordPart]:
    """All that a record of this type has, in the order of the model; then its custom fields."""
    own = [
        RecordPart(one.name, (one.attname, *TOGETHER.get(one.name, ())), one)
        for one in model._meta.local_concrete_fields
        if (one.editable or one.name in FILLED) and one.name not in NOT_CHOSEN
    ]
    custom = [
        RecordPart(one.name, (one.name,), one, custom=True)
        for one in get_all_custom_fields(model.table)
        if not is_computed(one)
    ]
    return [*own, *custom]


def may_choose(part: RecordPart, model: Any, user: User) -> bool:
    """Whether the user sees the field and may decide about its value."""
    if part.custom:
        return not part.field.definition.retired and is_edited_by(part.field, user)
    if part.name in ASSIGNED:
        return user.has_perm(model.get_right("assign"))
    return not part.is_filled_only


def read_values(model: Any, ids: Iterable[int]) -> dict[int, RecordValues]:
    """In two queries."""
    ids = list(ids)
    parts = get_record_parts(model)
    columns = [column for part in parts if not part.custom for column in part.columns]
    found: dict[int, RecordValues] = {}
    for row in model._default_manager.filter(pk__any=ids).values(*READ, *columns):
        found[row["pk"]] = values = RecordValues(**{name: row[name] for name in READ})
        for part in parts:
            if not part.custom:
                several = tuple(row[column] for column in part.columns)
                values.parts[part.name] = several if len(several) > 1 else several[0]
    held = get_values_model(model)._default_manager.filter(record__in=ids).values_list("record_id", "values")
    for pk, stored in held:
        found[pk].parts.update(stored)
    return found


def choose_source(
    part: RecordPart, kept: RecordValues, others: Sequence[RecordValues], chosen: int | None
) -> int:
    """The ID of the record whose value the kept one gets."""
    if chosen is not None:
        return chosen
    if kept.is_converted or part.name in OWN or (part.is_filled_only and not kept.is_empty(part.name)):
        return kept.pk
    filled = [one for one in (kept, *others) if not one.is_empty(part.name)]
    newest = max(filled, key=lambda one: (one.updated_at, one.pk == kept.pk, one.pk), default=kept)
    return newest.pk


def choose_source_of_hidden(part: RecordPart, kept: RecordValues, others: Sequence[RecordValues]) -> int:
    """The same for a field that the user may not decide about: what is there stays."""
    return choose_source(part, kept, others, None if kept.is_empty(part.name) else kept.pk)


def choose_survivor(records: Sequence[RecordValues]) -> int:
    """The record that is kept unless a user chooses another one: the oldest converted one, else the oldest."""
    converted = [one for one in records if one.is_converted]
    return min(converted or records, key=lambda one: (one.created_at, one.pk)).pk


def choose_sources(
    parts: Sequence[RecordPart],
    model: Any,
    records: Mapping[int, RecordValues],
    kept: int,
    merged: Sequence[int],
    chosen: Mapping[str, int],
    user: User,
) -> dict[str, int]:
    """The record of each part whose value differs from the one that the kept record has."""
    own, others = records[kept], [records[pk] for pk in merged]
    found = {}
    for part in parts:
        if may_choose(part, model, user):
            source = choose_source(part, own, others, chosen.get(part.name))
        else:
            source = choose_source_of_hidden(part, own, others)
        if source != kept and records[source].parts.get(part.name) != own.parts.get(part.name):
            found[part.name] = source
    return found
