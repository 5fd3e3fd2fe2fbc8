"""What leads to merged records is moved to the kept ones: built-in and custom links of other records, activities, tasks, and the rows of untracked
tables that apps have named (ALSO_MERGED)."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from crm.fields.custom.links.incoming_links import move_links
from crm.fields.types.record_links import get_links_to
from crm.models import Activity, Task
from crm.records.history.merged_records import ALSO_MERGED, Reference
from crm.records.history.undo.undo_permission import get_tracked_models
from customers.models.related_item import BetweenRecord
from duplicates.models import Distinction
from duplicates.record_graph import get_ordered_pair

PAIRS = "unnest(%s::bigint[], %s::bigint[]) v(id, into_id)"


def get_moved_columns(model: Any) -> list[tuple[Any, str]]:
    """The tracked tables and columns that a merge of such records writes, without those of the records themselves."""
    links = [
        (other, _get_column_name(other, name))
        for other, name in get_links_to(model, get_tracked_models().values())
        if other is not model
    ]
    return [*links, (Activity, "record"), (Task, "record")]


def move_referring_rows(model: Any, pairs: Mapping[int, int], operation: int) -> dict[str, list[int]]:
    """`pairs` are the kept records by the merged ones. Returns the IDs of the moved rows by the table of their type."""
    found: dict[str, list[int]] = {}
    for other, column in get_moved_columns(model):
        of = model.table if other in (Activity, Task) else ""
        moved = _move_rows(other, column, pairs, of)
        if moved and issubclass(other, BetweenRecord) and not other.once:
            _remove_repeated_entries(other, moved)
        if moved:
            found[other.table] = sorted({*found.get(other.table, []), *moved})
    # Afterwards, because the main contact of a deal may have moved too.
    for other in {
        other
        for other, _column in get_moved_columns(model)
        if issubclass(other, BetweenRecord) and other.once
    }:
        _remove_double_deal_contacts(other, [*{*pairs.values()}])
    for reference in ALSO_MERGED:
        if reference.of or reference.table == model.table:
            _move_untracked_rows(reference, model.table, pairs, operation)
    for table, moved in move_links(model.table, pairs).items():
        found[table] = sorted({*found.get(table, []), *moved})
    _copy_distinctions(model.table, pairs)
    return found


def _move_rows(other: Any, column: str, pairs: Mapping[int, int], of: str) -> list[int]:
    table = connection.ops.quote_name(other._meta.db_table)
    own = "AND t.of = %s" if of else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} t SET "{column}" = v.into_id FROM {PAIRS}
                WHERE t."{column}" = v.id {own} RETURNING t.id""",
            [list(pairs), list(pairs.values()), *([of] if of else [])],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _remove_repeated_entries(other: Any, moved: list[int]) -> None:
    """Of two entries that are the same now, such as the same former job twice, the moved one is removed."""
    table = connection.ops.quote_name(other._meta.db_table)
    links = [_get_column_name(other, name) for name in (other.belongs_to, other.leads_to)]
    compared = (*links, "role", "started_on", "ended_on")
    same = " AND ".join(f'o."{name}" IS NOT DISTINCT FROM t."{name}"' for name in compared)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} t SET deleted_at = now() WHERE t.id = ANY(%s::bigint[]) AND t.deleted_at IS NULL
                AND EXISTS (SELECT FROM {table} o WHERE o.deleted_at IS NULL AND {same}
                    AND (o.id < t.id OR o.id <> ALL(%s::bigint[])))""",
            [moved, moved],
        )


def _remove_double_deal_contacts(other: Any, kept: list[int]) -> None:
    """A person is on a deal once: as its main contact, or else by the entry with a role, or else by the older one."""
    table, record = (
        connection.ops.quote_name(model._meta.db_table) for model in (other, other.get_owning_model())
    )
    own, led = (_get_column_name(other, name) for name in (other.belongs_to, other.leads_to))
    main = _get_column_name(other.get_owning_model(), other.leads_to)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} t SET deleted_at = now() WHERE t."{led}" = ANY(%s::bigint[]) AND t.deleted_at IS NULL
                AND (EXISTS (SELECT FROM {record} r WHERE r.id = t."{own}" AND r."{main}" = t."{led}")
                    OR EXISTS (SELECT FROM {table} o
                        WHERE o."{own}" = t."{own}" AND o."{led}" = t."{led}" AND o.deleted_at IS NULL
                        AND (o.role = '', o.id) < (t.role = '', t.id)))""",
            [kept],
        )


def _move_untracked_rows(reference: Reference, table: str, pairs: Mapping[int, int], operation: int) -> None:
    stored = connection.ops.quote_name(reference.model._meta.db_table)
    column = _get_column(reference, reference.column)
    own = f't."{reference.of}" = %s' if reference.of else "%s <> ''"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH found AS MATERIALIZED (
                    SELECT {_build_distinct_sql(reference)} t.id, v.id AS record, v.into_id FROM {stored} t
                    JOIN {PAIRS} ON t."{column}" = v.id WHERE {own} AND {_build_is_free_sql(reference, "v.into_id")}
                    {_build_order_sql(reference)}
                ), moved AS (
                    UPDATE {stored} t SET "{column}" = f.into_id FROM found f WHERE t.id = f.id)
                INSERT INTO duplicates_movedrow (operation_id, reference, "row", "table", record, "into")
                SELECT %s, %s, id, %s, record, into_id FROM found""",
            [list(pairs), list(pairs.values()), table, operation, reference.name, table],
        )


def move_untracked_rows_back(operation: int, table: str) -> None:
    """Rows of untracked tables, as the rows of MergedRecord are now: back to a record that isn't merged any more, or again to the
    one that it is merged into. `operation` is that of the merge."""
    in_effect = """EXISTS (SELECT FROM crm_mergedrecord m
        WHERE m."table" = w."table" AND m.record = w.record AND m."into" = w."into")"""
    for reference in ALSO_MERGED:
        stored = connection.ops.quote_name(reference.model._meta.db_table)
        column = _get_column(reference, reference.column)
        for wanted, present, condition in (
            ("record", "into", f"NOT {in_effect}"),
            ("into", "record", in_effect),
        ):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"""UPDATE {stored} t SET "{column}" = w."{wanted}" FROM duplicates_movedrow w
                        WHERE w.operation_id = %s AND w.reference = %s AND w."table" = %s AND t.id = w."row"
                        AND t."{column}" = w."{present}" AND {condition} AND {_build_is_free_sql(reference, f'w."{wanted}"')}""",
                    [operation, reference.name, table],
                )


def _get_column(reference: Reference, name: str) -> str:
    return _get_column_name(reference.model, name)


def _get_column_name(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).column)


def _build_distinct_sql(reference: Reference) -> str:
    columns = ", ".join(f't."{_get_column(reference, name)}"' for name in reference.once)
    return f"DISTINCT ON (v.into_id, {columns})" if columns else ""


def _build_order_sql(reference: Reference) -> str:
    columns = ", ".join(f't."{_get_column(reference, name)}"' for name in reference.once)
    return f"ORDER BY v.into_id, {columns}, t.id" if columns else ""


def _build_is_free_sql(reference: Reference, record: str) -> str:
    """Whether this record hasn't got a row of which it may have only one."""
    if not reference.once:
        return "true"
    stored = connection.ops.quote_name(reference.model._meta.db_table)
    names = [_get_column(reference, name) for name in reference.once]
    same = " AND ".join(
        f'o."{name}" = t."{name}"' for name in [*names, *([reference.of] if reference.of else [])]
    )
    return f"""NOT EXISTS (SELECT FROM {stored} o
        WHERE o."{_get_column(reference, reference.column)}" = {record} AND {same})"""


def _copy_distinctions(table: str, pairs: Mapping[int, int]) -> None:
    """What isn't the same as a merged record isn't the same as the kept one either."""
    nodes = {(table, pk) for pk in pairs}
    rows = []
    for distinction in Distinction.objects.touching(nodes):
        ends = [(name, pairs.get(pk, pk) if name == table else pk) for name, pk in distinction.pair]
        if ends[0] != ends[1]:
            one, other = get_ordered_pair(ends[0], ends[1])
            rows.append(
                Distinction(
                    first_table=one[0], first_record=one[1], second_table=other[0], second_record=other[1]
                )
            )
    Distinction.objects.bulk_create(rows, ignore_conflicts=True)
