"""The custom links that lead to records of a type: found and rewritten where those records are deleted permanently or merged.

Their values are in JSON, so no foreign key does this. Retired fields are among them, because they may be used again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from crm.fields.custom.links.linked_records import is_link
from crm.fields.custom.values.field_registry import get_fields_of_every_type
from crm.fields.custom.values.stored_values import get_values_table, patch_values_by_query
from crm.platform.record_types import RECORD_TYPES


class IncomingLink(NamedTuple):
    """A custom link, and the model of the records that have it."""

    model: Any
    field: Any

    @property
    def value_sql(self) -> str:
        """The number of the linked record in a row of values called `v`, as the index of the field has it."""
        return f"(v.values ->> '{self.field.name}')::bigint"


def get_links_to_type(table: str) -> list[IncomingLink]:
    """The custom links whose values are records of this type."""
    return [
        IncomingLink(RECORD_TYPES[other].model, field)
        for other, fields in get_fields_of_every_type().items()
        for field in fields
        if is_link(field) and field.links_to == table and not field.definition.deleted
    ]


def clear_links_to(table: str, ids: Sequence[int]) -> None:
    """Empty the links to these records, which are about to be deleted permanently. Those of each other go with their values,
    so an undo brings both back."""
    for link in get_links_to_type(table):
        own = "AND v.record_id <> ALL(%s::bigint[])" if link.model.table == table else ""
        patch_values_by_query(
            link.model,
            f"""SELECT v.record_id AS id, jsonb_build_object('{link.field.name}', NULL) AS changes
                FROM {get_values_table(link.model)} v WHERE {link.value_sql} = ANY(%s::bigint[]) {own}""",
            [list(ids), *([list(ids)] if own else [])],
        )


def move_links(table: str, pairs: Mapping[int, int]) -> dict[str, list[int]]:
    """Let what links to merged records link to the kept ones, which `pairs` has by the merged ones. A kept record doesn't link to
    itself afterwards. Returns the IDs of the changed records by their type."""
    found: dict[str, list[int]] = {}
    merged, kept = list(pairs), list(pairs.values())
    for link in get_links_to_type(table):
        own = link.model.table == table
        into = "CASE WHEN v.record_id = p.into_id THEN NULL ELSE p.into_id END" if own else "p.into_id"
        itself = (
            f"""UNION ALL SELECT v.record_id, jsonb_build_object('{link.field.name}', NULL)
                FROM {get_values_table(link.model)} v
                WHERE v.record_id = ANY(%s::bigint[]) AND {link.value_sql} = v.record_id"""
            if own
            else ""
        )
        changed = patch_values_by_query(
            link.model,
            f"""SELECT v.record_id AS id, jsonb_build_object('{link.field.name}', {into}) AS changes
                FROM unnest(%s::bigint[], %s::bigint[]) p(id, into_id)
                JOIN {get_values_table(link.model)} v ON {link.value_sql} = p.id {itself}""",
            [merged, kept, *([kept] if own else [])],
        )
        if changed:
            found[link.model.table] = sorted({*found.get(link.model.table, []), *changed})
    return found


def get_ids_linked_to(
    table: str, ids: Sequence[int], without_sql: str, parameters: Sequence[Any]
) -> set[int]:
    """Those of these records that a present record links to, unless the SQL about the linking record `o` of a type, whose
    name is its first parameter, holds."""
    found: set[int] = set()
    for link in get_links_to_type(table):
        records = connection.ops.quote_name(link.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT DISTINCT {link.value_sql} FROM {get_values_table(link.model)} v
                    JOIN {records} o ON o.id = v.record_id
                    WHERE {link.value_sql} = ANY(%s::bigint[]) AND o.deleted_at IS NULL AND NOT {without_sql}""",
                [list(ids), link.model.table, *parameters],
            )
            found.update(pk for (pk,) in cursor.fetchall())
    return found
