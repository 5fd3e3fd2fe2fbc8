"""Records as they were: a statement that reads each record with the values that it had after one of its changes.

The statement of a query stays as it is. Common table expressions take the places of the table of the records and of that of their
custom values, and undo in each row what was recorded later. So conditions and the judgment of verbs are those of today, over the
rows of then. What other tables say, such as tags and tasks, is as it is today.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from crm.fields.custom.values.stored_values import get_values_model
from crm.fields.model_fields import BaseValueColumn, WordsColumn
from crm.fields.search_columns import get_key_columns
from crm.models import Change
from crm.records.kinds.kind_registry import KINDS

# So many records are read by one statement.
ROWS_AT_ONCE = 2_000

# Rows are called "new" and "l" as the SQL of derived columns calls them. The first later change of a field has replaced the value of then. The operation that woke a rule counts as a whole.
THEN = """
"leadwell_then" AS MATERIALIZED (
    SELECT woken.record AS id, coalesce((
        SELECT jsonb_object_agg(replaced.key, replaced.old) FROM (
            SELECT DISTINCT ON (field.key) field.key, field.value->0 AS old
            FROM {changes} later CROSS JOIN LATERAL jsonb_each(later.fields) field
            WHERE later."table" = %s AND later."row" = woken.record AND later.id > woken.change
              AND later.kind = 'update' AND later.operation_id IS DISTINCT FROM woken.operation
            ORDER BY field.key, later.id) replaced), '{{}}') AS values
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) woken(record, change, operation)),
{records} AS (
    SELECT {columns} FROM "leadwell_then" JOIN {records} present USING (id)
    CROSS JOIN LATERAL jsonb_populate_record(present, "leadwell_then".values) new
    CROSS JOIN LATERAL (SELECT new.*) l)"""

CUSTOM_VALUES = """,
{custom_values} AS (
    SELECT "leadwell_then".id AS record_id, jsonb_strip_nulls(coalesce(present.values, '{{}}') || coalesce((
        SELECT jsonb_object_agg(field.key, field.value) FROM jsonb_each("leadwell_then".values) field
        WHERE field.key ~ '^c[0-9]+$'), '{{}}')) AS values
    FROM "leadwell_then" LEFT JOIN {custom_values} present ON present.record_id = "leadwell_then".id)"""


class Moment(NamedTuple):
    """A change of a record, after which it is read. `operation` is None for a change outside the application. `event` is the id of
    what woke the automation, if it isn't the change."""

    record: int
    change: int
    operation: int | None
    event: int | None = None

    @property
    def key(self) -> int:
        return self.change if self.event is None else self.event


def fetch_past_rows(rows: QuerySet, moments: Sequence[Moment]) -> list[tuple]:
    """What `rows`, a values_list() of records, gives for these moments; each record has one moment at most. Database values
    are as the driver reads them."""
    names = [moment.record for moment in moments]
    if len(set(names)) < len(names):
        raise ValueError("A record has one moment in a statement.")
    try:
        sql, parameters = rows.order_by().query.sql_with_params()
    except EmptyResultSet:
        return []
    model: Any = rows.model
    columns = [list(column) for column in zip(*(moment[:3] for moment in moments), strict=True)] or [
        [],
        [],
        [],
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {_build_tables_of_then(model)} {sql}", [model.table, *columns, *parameters])
        return cursor.fetchall()


def split_into_statements(moments: Sequence[Moment]) -> Iterator[list[Moment]]:
    """The moments in parts in which each record occurs once, in their order otherwise."""
    rounds: list[list[Moment]] = []
    seen: dict[int, int] = {}
    for moment in moments:
        place = seen.get(moment.record, 0)
        seen[moment.record] = place + 1
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(moment)
    for one in rounds:
        for start in range(0, len(one), ROWS_AT_ONCE):
            yield one[start : start + ROWS_AT_ONCE]


def _build_tables_of_then(model: Any) -> str:
    quote = connection.ops.quote_name
    names = {
        "changes": quote(Change._meta.db_table),
        "records": quote(model._meta.db_table),
        "columns": ", ".join(_iterate_column_sql(model)),
    }
    values = get_values_model(model)
    sql = THEN.format(**names)
    return sql + CUSTOM_VALUES.format(custom_values=quote(values._meta.db_table)) if values else sql


def _iterate_column_sql(model: Any) -> Iterator[str]:
    """Columns that follow from recorded ones are derived again, as when the row is written."""
    derived = get_derived_sql(model)
    for field in model._meta.local_concrete_fields:
        column = connection.ops.quote_name(field.column)
        yield f"{derived[field.column]} AS {column}" if field.column in derived else f"new.{column}"


def get_derived_sql(model: Any) -> dict[str, str]:
    """The SQL of the columns that follow from recorded columns of the row alone: of keys, and of values in the base currency."""
    keys = {str(key.column): key.sql for key in get_key_columns(model) if not isinstance(key, WordsColumn)}
    known = KINDS[model.table].derived
    fields = model._meta.local_concrete_fields
    values = [str(field.column) for field in fields if isinstance(field, BaseValueColumn)]
    return keys | {column: known[column] for column in values if column in known}
