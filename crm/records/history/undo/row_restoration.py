"""The rows that an undone operation added, and those that it removed (crm/records/history/undo/field_reversal.py)."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from crm.fields.models.record import Record
from crm.fields.types.record_links import build_linked_columns_sql, get_required_link_columns
from crm.models import Operation
from crm.platform.models.undo_rules import get_undo_rules
from crm.platform.sql.change_triggers import get_recorded_columns


def get_created_rows(record: Operation, table: str, without: list[int]) -> tuple[list[int], list[int]]:
    """The rows that the operation created: those left alone since, and those changed since. A later change counts unless it was
    undone for this row: an undo may have kept it."""
    undos = [*Operation.objects.after(record.pk).get_effective_undos()]
    # What they have undone is read once: looked up for each later change, it took minutes for 10,000 records.
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c."row", EXISTS (
                   SELECT FROM crm_change later WHERE later."table" = c."table" AND later."row" = c."row"
                   AND later.id > c.id AND later.at >= %s AND later.operation_id IS DISTINCT FROM c.operation_id
                   AND NOT EXISTS (SELECT FROM crm_operation o WHERE o.id = later.operation_id AND o.kind = 'undo')
                   AND (later."row", coalesce(later.operation_id, 0)) NOT IN (
                       SELECT back."row", undo.undoes_id
                       FROM crm_change back JOIN crm_operation undo ON undo.id = back.operation_id
                       WHERE back.operation_id = ANY(%s::bigint[]) AND back.at >= %s AND back."table" = %s))
               FROM crm_change c
               WHERE c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.kind = 'insert' AND c."row" <> ALL(%s::bigint[])""",
            [
                record.earliest_change_at,
                undos,
                record.earliest_change_at,
                table,
                record.pk,
                record.earliest_change_at,
                table,
                without,
            ],
        )
        found = cursor.fetchall()
    return [pk for pk, touched in found if not touched], [pk for pk, touched in found if touched]


def reinsert_removed_rows(
    record: Operation, table: str, model, by, settled: list[int]
) -> tuple[list[int], list[int]]:
    """Reinsert rows that the operation removed with their ids, from the full rows in the history; rows that `by`
    could not change then are skipped, and so are those that can't be without a record that is gone. Returns the ids of
    both."""
    columns = get_recorded_columns(model)
    linked = build_linked_columns_sql(model, "r")
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(linked.get(column, f'r."{column}"') + f' AS "{column}"' for column in columns)
    target = connection.ops.quote_name(model._meta.db_table)
    within, parameters = _changeable_sql(model, by)
    within = " AND ".join(
        [f"({within})", *(f'"{column}" IS NOT NULL' for column in get_required_link_columns(model))]
    )
    removed = f"""(SELECT c."row" AS id, c.version + 1 AS version, {values}
                   FROM crm_change c CROSS JOIN LATERAL (
                       SELECT jsonb_object_agg(f.key, f.value->0) AS whole FROM jsonb_each(c.fields) f) one
                   CROSS JOIN LATERAL jsonb_populate_record(NULL::{target}, one.whole) r
                   WHERE c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.kind = 'delete'
                   AND c."row" <> ALL(%s::bigint[]))"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {target} (id, version, {names}) OVERRIDING SYSTEM VALUE
                SELECT id, version, {names} FROM {removed} {target} WHERE {within}
                ON CONFLICT DO NOTHING RETURNING id""",
            [record.pk, record.earliest_change_at, table, settled, *parameters],
        )
        put_in = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(
            f"SELECT id FROM {removed} {target} WHERE ({within}) IS NOT TRUE",
            [record.pk, record.earliest_change_at, table, settled, *parameters],
        )
        return put_in, [pk for (pk,) in cursor.fetchall()]


def _changeable_sql(model, by) -> tuple[str, Sequence[Any]]:
    """The condition under which `by` may change a row, or bring it back with its record, using only the table's columns."""
    if not issubclass(model, Record) or not model.scope.build_changeable_condition(by):
        return "true", []
    allowed = get_undo_rules(model).restorable_by or model.scope.build_changeable_condition
    query = model._default_manager.filter(allowed(by)).query
    try:
        return query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        return "false", []
