"""The custom values of records: read with them, computed in queries, and written for many records at once."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Model, QuerySet
from django.utils import timezone

from crm.fields.custom.files.named_files import write_names_of_files
from crm.fields.custom.links.linked_records import attach_linked_records, is_link
from crm.fields.custom.values.field_registry import get_all_custom_fields, get_custom_field, is_computed
from crm.fields.models.custom_field import CustomField, is_key
from crm.platform.files.kept_file import KeptFile
from crm.platform.record_types import RECORD_TYPES
from crm.platform.web.id_parsing import get_id_or_value
from crm.platform.web.transactions import Busy

Type = CustomField.Type
# How the values of a type are stored, if not as texts.
JSON_TYPES = {
    Type.YES_NO: bool,
    Type.CHOICES: list,
    Type.RATING: int,
    Type.USER: int,
    Type.LINK: int,
    Type.FILE: dict,
} | dict.fromkeys((Type.NUMBER, Type.MONEY), str | int)
# The annotation with all custom values of a record, as JSON.
ALL = "custom"


def get_values_model(model: type[Model]) -> Any:
    """The model of a record type's custom values; None if it has none."""
    relation = getattr(model, "custom_values", None)
    return relation.related.related_model if relation else None


def get_values_table(model: type[Model]) -> str:
    return connection.ops.quote_name(get_values_model(model)._meta.db_table)


def annotate_all_values(rows: QuerySet) -> QuerySet:
    """The records with all their custom values, to be attached."""
    return rows.annotate(**{ALL: F("custom_values__values")})


def attach_custom_values(
    records: Iterable[Any], names: Collection[str] | None = None, *, viewer: Any = None
) -> None:
    """Give records from annotate_all_values() an attribute for each custom field, or for those with these names, with the value
    as Python has it, and the records that links in use name. `viewer` is who may want to open those."""
    fields: dict[str, list[Any]] = {}
    by_table: dict[str, list[Any]] = {}
    for record in records:
        held = getattr(record, ALL, None) or {}
        # Outside a page that is only read, each lookup is a query.
        if record.table not in fields:
            fields[record.table] = [
                f for f in get_all_custom_fields(record.table) if names is None or f.name in names
            ]
        for field in fields[record.table]:
            setattr(record, field.attname, convert_stored_value(field, held.get(field.name)))
        by_table.setdefault(record.table, []).append(record)
    for table, found in by_table.items():
        attach_linked_records(
            found, [f for f in fields[table] if is_link(f) and not f.definition.retired], viewer
        )
        _attach_computed(found, [f for f in fields[table] if is_computed(f) and not f.definition.retired])


def _attach_computed(records: list[Any], fields: list[Any]) -> None:
    """The values of formulas, in one query for all records."""
    if not fields:
        return
    names = [field.name for field in fields]
    rows = type(records[0])._default_manager.filter(pk__in=[record.pk for record in records])
    found = {
        pk: values for pk, *values in annotate_custom_values(rows, names).order_by().values_list("pk", *names)
    }
    for record in records:
        for field, value in zip(fields, found.get(record.pk, ()), strict=False):
            setattr(record, field.attname, value)


def attach_stored_values(record: Any) -> None:
    """The same for one record, with its values as they are in the database."""
    rows = annotate_all_values(type(record)._default_manager.filter(pk=record.pk))
    setattr(record, ALL, rows.values_list(ALL, flat=True).first())
    attach_custom_values([record])


def convert_stored_value(field: Any, stored: Any) -> Any:
    """The value of a stored one; a missing one is empty."""
    if stored is None:
        return None if field.null else ""
    return field.to_python(stored)


def get_json_value(value: Any) -> Any:
    """The value as JSON: numbers and dates as texts that PostgreSQL reads back, nothing for an empty one."""
    if value in (None, "", []):
        return None
    if isinstance(value, KeptFile):
        return asdict(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return format_stored_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return get_id_or_value(value)


def format_stored_moment(value: datetime) -> str:
    """The only form in which a point in time is stored: UTC in whole seconds, such as 2026-05-01T10:00:00+00:00. The
    database reads it by the places of its digits (crm/platform/sql/functions.py), and undo compares it as a text. A naive time
    is one of the current time zone."""
    aware = value if timezone.is_aware(value) else timezone.make_aware(value)
    return aware.astimezone(UTC).isoformat(timespec="seconds")


def annotate_custom_values(rows: QuerySet, names: Iterable[str]) -> QuerySet:
    """The records with the values of these custom fields, so that conditions, sorts and tuples can name them."""
    table = rows.model.table
    found = [field for name in dict.fromkeys(names) if (field := get_custom_field(table, name))]
    for field in found:
        known = rows.query.annotations
        rows = rows.annotate(
            **{
                name: value
                for name, value in field.type.build_expressions(field).items()
                if name not in known
            }
        )
    if found:
        # For crm/records/paging/compiled_statements.py: a field is another object once its definition has changed.
        query: Any = rows.query
        query.custom_fields = (*getattr(query, "custom_fields", ()), *found)
    return rows


def split_custom_values(table: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """These values by name: those of the model, and those of custom fields, the latter as they are stored."""
    return split_custom_values_of_rows(table, [values])[0]


def split_custom_values_of_rows(
    table: str, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The same for the values of several records."""
    keys = {name for values in rows for name in values if is_key(name)}
    custom = keys.intersection(field.name for field in get_all_custom_fields(table)) if keys else keys
    return [
        (
            {name: value for name, value in values.items() if name not in custom},
            {name: get_json_value(value) for name, value in values.items() if name in custom},
        )
        for values in rows
    ]


def lock_types(*, alone: bool = False) -> None:
    """Until the end of the transaction, no field changes its type; `alone` is for the change of a type, which waits until
    no values are being written."""
    how = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(hashtext('leadwell.types'), 0)")


def check_types(model: Any, patches: Iterable[Mapping[str, Any]]) -> None:
    """Raises Busy if a field has another type by now than when these values were read: the request can be sent again."""
    lock_types()
    patches = list(patches)
    for name in {name for patch in patches for name in patch}:
        field = get_custom_field(model.table, name)
        if any(not fits_field_type(field, patch[name]) for patch in patches if name in patch):
            raise Busy


def fits_field_type(field: Any, stored: Any) -> bool:
    """Whether a stored value is one of the field's type."""
    if stored is None:
        return True
    kind = JSON_TYPES.get(field.definition.type, str)
    if not isinstance(stored, kind) or isinstance(stored, bool) != (kind is bool):
        return False
    keys = {choice["key"] for choice in field.definition.choices} if field.definition.has_choices else set()
    if keys:
        return keys.issuperset(stored if isinstance(stored, list) else [stored])
    try:
        value = field.to_python(stored)
    except (ValidationError, ValueError):
        return False
    return not isinstance(value, datetime) or stored == format_stored_moment(value)


def write_custom_values(model: type[Model], ids: Sequence[int], patch: Mapping[str, Any]) -> None:
    """Set the same values for all these records, which are locked; None removes a value."""
    if patch and ids:
        check_types(model, [patch])
        write_names_of_files([patch])
        patch_values_by_query(
            model, "SELECT unnest(%s::bigint[]) AS id, %s::jsonb AS changes", [list(ids), json.dumps(patch)]
        )


def patch_values_by_query(model: type[Model], query: str, parameters: Sequence[Any]) -> list[int]:
    """Set values of records, which are locked, as a query tells: its rows are (id, changes), and null removes a value.
    Returns the ids of the changed records."""
    table = get_values_table(model)
    lock_types()
    with connection.cursor() as cursor:
        # Two statements, because a record without values has no row.
        cursor.execute(
            f"""WITH patch AS MATERIALIZED ({query})
                UPDATE {table} held SET values = jsonb_strip_nulls(held.values || patch.changes) FROM patch
                WHERE held.record_id = patch.id AND held.values <> jsonb_strip_nulls(held.values || patch.changes)
                RETURNING record_id""",
            parameters,
        )
        changed = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(
            f"""WITH patch AS MATERIALIZED ({query})
                INSERT INTO {table} (record_id, values) SELECT id, jsonb_strip_nulls(changes) FROM patch
                WHERE jsonb_strip_nulls(changes) <> '{{}}'
                AND NOT EXISTS (SELECT FROM {table} held WHERE held.record_id = patch.id) ORDER BY id
                RETURNING record_id""",
            parameters,
        )
        return changed + [pk for (pk,) in cursor.fetchall()]


def write_values_of_new_records(model: type[Model], rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """The values of records that have just been added. They are part of adding them, so they are no changes."""
    filled = [(pk, {key: value for key, value in values.items() if value is not None}) for pk, values in rows]
    filled = [(pk, values) for pk, values in filled if values]
    if not filled:
        return
    check_types(model, [values for _pk, values in filled])
    write_names_of_files([values for _pk, values in filled])
    with mark_writes_as_adding(), connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {get_values_table(model)} (record_id, values)
                SELECT * FROM unnest(%s::bigint[], %s::jsonb[])""",
            [[pk for pk, _values in filled], [json.dumps(values) for _pk, values in filled]],
        )


@contextmanager
def mark_writes_as_adding() -> Iterator[None]:
    """Values written here belong to records that the same operation adds (crm/fields/custom/values/change_triggers.py)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        yield
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")


def count_filled_values(definition: CustomField, *, everywhere: bool = False) -> int:
    """How many records have a value in a field, without those in Trash unless asked for `everywhere`."""
    rows = get_values_model(RECORD_TYPES[definition.table_of].model)._default_manager.filter(
        values__has_key=definition.key
    )
    return rows.count() if everywhere else rows.filter(record__deleted_at=None).count()
