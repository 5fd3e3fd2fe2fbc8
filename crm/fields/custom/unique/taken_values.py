"""Unique custom fields: which values other records have already, and the sentences about them.

A record in Trash doesn't count, as when imports match emails and phones. The triggers of crm/fields/custom/unique/unique_triggers.py are
the guarantee; what is here says so before the database has to refuse.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import (
    get_all_custom_fields,
    get_custom_fields,
    get_field_by_key,
)
from crm.fields.custom.values.stored_values import get_json_value
from crm.fields.types.field_type import EMPTY_VALUES
from crm.models import UniqueValue

# The name of the constraint that refuses a second record.
ONCE = "unique_value_once"


def get_unique_fields_named(table: str, names: Iterable[str]) -> list[Any]:
    """The unique fields with these names."""
    wanted = set(names)
    return [
        field for field in get_all_custom_fields(table) if field.definition.is_unique and field.name in wanted
    ]


def get_unique_fields(table: str, user: Any) -> list[Any]:
    """The unique fields that the user may see."""
    return [field for field in get_custom_fields(table, user) if field.definition.is_unique]


def is_unique(field: Any) -> bool:
    return hasattr(field, "definition") and field.definition.is_unique


def get_comparison_keys(field: Any, values: Iterable[Any]) -> dict[Any, str]:
    """What each of these values is compared by; an empty one has no key."""
    wanted = list(dict.fromkeys(value for value in values if value not in EMPTY_VALUES))
    if not wanted:
        return {}
    texts = [json.dumps(get_json_value(value)) for value in wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT leadwell_unique_key(%s, value) FROM unnest(%s::jsonb[]) WITH ORDINALITY v(value, place)
               ORDER BY place""",
            [field.definition.type, texts],
        )
        found = [key for (key,) in cursor.fetchall()]
    return {value: key for value, key in zip(wanted, found, strict=True) if key}


def get_holders_by_key(field: Any, keys: Iterable[str]) -> dict[str, int]:
    """The record outside Trash that has each of these keys."""
    rows = UniqueValue.objects.filter(field=field.definition.pk, present=True, value__in=list(keys))
    return dict(rows.values_list("value", "record"))


def get_keys_by_record(field: Any, ids: Iterable[int]) -> dict[int, str]:
    """What the values of these records are compared by; records without a value have no key."""
    rows = UniqueValue.objects.filter(field=field.definition.pk, record__any=list(ids))
    return dict(rows.values_list("record", "value"))


def get_holders_by_field(table: str, values: Mapping[str, Any], but: int | None = None) -> dict[str, int]:
    """The records that have one of these values already, by field; `but` is the record itself."""
    found: dict[str, int] = {}
    for field in get_unique_fields_named(table, values):
        for pk in get_holders_by_key(
            field, get_comparison_keys(field, [values[field.name]]).values()
        ).values():
            if pk != but:
                found[field.name] = pk
    return found


@dataclass(frozen=True)
class KnownKeys:
    """What many values of unique fields are compared by, by field and value, and which of these keys records have already, by
    field. They're read in two queries for each field, however many values there are."""

    keys: Mapping[str, Mapping[Any, str]]
    held: Mapping[str, Collection[str]]

    @classmethod
    def from_values(cls, table: str, values: Mapping[str, Iterable[Any]]) -> "KnownKeys":
        fields = get_unique_fields_named(table, values)
        keys = {field.name: get_comparison_keys(field, values[field.name]) for field in fields}
        held = {field.name: set(get_holders_by_key(field, keys[field.name].values())) for field in fields}
        return cls(keys, held)

    def get_key(self, name: str, value: Any) -> str:
        """'' for an empty value, and for one of a field that isn't unique."""
        return self.keys[name].get(value, "") if name in self.keys and value not in EMPTY_VALUES else ""

    def is_taken(self, name: str, value: Any) -> bool:
        key = self.get_key(name, value)
        return bool(key) and key in self.held[name]


def get_taken_sentences(
    model: Any, values: Mapping[str, Any], user: Any, but: int | None = None
) -> dict[str, str]:
    """A sentence for each field whose value another record has. Records that the user can't see aren't named."""
    return get_taken_sentences_by_record(model, [(values, but)], user)[0]


def get_taken_sentences_by_record(
    model: Any, rows: Sequence[tuple[Mapping[str, Any], int | None]], user: Any
) -> list[dict[str, str]]:
    """The same for many records, each with its values and its id, in a few queries for each unique field."""
    found: list[dict[str, int]] = [{} for _row in rows]
    for field in get_unique_fields_named(model.table, {name for values, _pk in rows for name in values}):
        name = field.name
        keys = get_comparison_keys(field, [values[name] for values, _pk in rows if name in values])
        holders = get_holders_by_key(field, keys.values()) if keys else {}
        for taken, (values, own) in zip(found, rows, strict=True):
            key = keys.get(values[name]) if values.get(name) not in EMPTY_VALUES else None
            holder = holders.get(key or "")
            if holder is not None and holder != own:
                taken[name] = holder
    named = {pk for taken in found for pk in taken.values()}
    seen = model._default_manager.present().visible_to(user).in_bulk(named) if named else {}
    return [{name: _get_sentence_about_holder(seen.get(pk)) for name, pk in taken.items()} for taken in found]


def _get_sentence_about_holder(record: Any) -> str:
    if record is None:
        return get_taken_sentence()
    return _("%(record)s already has this value.") % {"record": record}


def get_taken_sentence() -> str:
    return _("Another record already has this value.")


def get_unique_changes(changes: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The unique fields among these changes, each with its new value."""
    fields = [(get_field_by_key(name), value) for name, value in changes.items() if value not in EMPTY_VALUES]
    return [(field, value) for field, value in fields if field and field.definition.is_unique]


def build_has_another_condition(field: Any, value: Any) -> Q:
    """The records whose change to this value would make them the second one with it."""
    (key, *_more) = [*get_comparison_keys(field, [value]).values(), ""]
    rows = UniqueValue.objects.filter(field=field.definition.pk, present=True, value=key)
    return Exists(rows.exclude(record=OuterRef("pk")))  # type: ignore[return-value]


def build_value_taken_condition(table: str) -> Exists:
    """Whether a record in Trash has a value that another record has by now."""
    fields = [field.definition.pk for field in get_all_custom_fields(table) if field.definition.is_unique]
    others = UniqueValue.objects.filter(field=OuterRef("field"), value=OuterRef("value"), present=True)
    own = UniqueValue.objects.filter(field__in=fields, record=OuterRef("pk"), present=False)
    return Exists(own.filter(Exists(others)))


def get_trashed_ids_with_repeated_values(table: str, ids: list[int]) -> list[int]:
    """Those of these records in Trash that have the same value as a newer one among them."""
    fields = [field.definition.pk for field in get_all_custom_fields(table) if field.definition.is_unique]
    if not fields:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT record FROM (
                   SELECT record, row_number() OVER (PARTITION BY field, value ORDER BY record DESC) AS place
                   FROM crm_uniquevalue WHERE field = ANY(%s) AND record = ANY(%s::bigint[]) AND NOT present) each_one
               WHERE place > 1""",
            [fields, ids],
        )
        return [pk for (pk,) in cursor.fetchall()]


def find_wrong_values() -> list[tuple[int, int, str | None, str | None]]:
    """Where the table of unique values isn't what the values of records say: field, record, stored and rebuilt key, each
    with a mark for Trash."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(kept.field, made.field), coalesce(kept.record, made.record), kept.key, made.key
               FROM (SELECT field, record, value || CASE WHEN present THEN '' ELSE ' (Trash)' END AS key
                     FROM crm_uniquevalue) kept
               FULL JOIN (SELECT f.id AS field, k.record, k.key || CASE WHEN k.present THEN '' ELSE ' (Trash)' END AS key
                          FROM crm_customfield f CROSS JOIN LATERAL leadwell_unique_keys(f.id) k
                          WHERE f.is_unique) made
                   ON made.field = kept.field AND made.record = kept.record
               WHERE kept.key IS DISTINCT FROM made.key ORDER BY 1, 2"""
        )
        return cursor.fetchall()
