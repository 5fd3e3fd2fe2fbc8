"""Writes the custom values of a plan, for thousands of records at once."""

from collections.abc import Sequence

from django.db import connection

from crm.fields.custom.values.stored_values import (
    get_values_table,
    mark_writes_as_adding,
    patch_values_by_query,
)
from crm.models import Import
from crm.records.kinds.kind_registry import KINDS, Kind


def get_custom_field_types(imported: Import) -> dict[str, str]:
    """The types of the custom fields that the file fills. A plan has values of these types."""
    fields = KINDS[imported.table].get_custom_fields()
    return {field.name: field.definition.type for field in fields if field.name in imported.mapping}


def write_values_of_new_records(
    imported: Import, kind: Kind, rows: Sequence[int], ids: Sequence[int]
) -> None:
    """The values of the new records `ids`, which come from these rows of the file, in the same order."""
    keys = [field.name for field in kind.get_custom_fields()]
    if not keys or not ids:
        return
    with mark_writes_as_adding(), connection.cursor() as cursor:
        cursor.execute(
            f"""WITH p AS MATERIALIZED (
                    SELECT added.id, p."values" FROM unnest(%s::bigint[], %s::integer[]) added(id, "row")
                    JOIN crm_plannedrow p ON p.of_id = %s AND p."row" = added."row")
                INSERT INTO {get_values_table(kind.model)} (record_id, values)
                SELECT p.id, own.values FROM p CROSS JOIN LATERAL (
                    SELECT jsonb_object_agg(key, value) FROM jsonb_each(p."values")
                    WHERE key = ANY(%s) AND value NOT IN ('null', '""')) own(values)
                WHERE own.values IS NOT NULL""",
            [list(ids), sorted(rows), imported.pk, keys],
        )


def write_changed_values(imported: Import, kind: Kind, ids: Sequence[int]) -> None:
    """The planned values of these records, which are locked."""
    keys = [field.name for field in kind.get_custom_fields()]
    if not keys:
        return
    planned = """
        SELECT p.record AS id, own.changes FROM crm_plannedrow p CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(key, nullif(value, '""')) FROM jsonb_each(p."values") WHERE key = ANY(%s)) own(changes)
        WHERE p.of_id = %s AND p.action = 'change' AND p.record = ANY(%s::bigint[]) AND own.changes IS NOT NULL"""
    patch_values_by_query(kind.model, planned, [keys, imported.pk, list(ids)])
