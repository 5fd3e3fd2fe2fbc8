"""Which rows a user saw as they were before some changes: they are told that such a row is gone, and nothing about any other."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from crm.api.v2.changes.changed_rows import ChangedRow


def get_formerly_visible_ids(model: Any, user: Any, rows: Iterable[ChangedRow]) -> set[int]:
    """Those of these changed rows of the model that the user saw outside Trash before the first of these changes."""
    former = get_former_values(rows)
    if not former:
        return set()
    seen = model.objects.present().visible_to(user).order_by().values_list("pk")
    deciding = get_columns_of_statement(model, seen)
    former = {pk: values for pk, values in former.items() if not deciding.isdisjoint(values)}
    if not former:
        return set()
    sql, parameters = seen.filter(pk__any=list(former)).query.sql_with_params()
    table = connection.ops.quote_name(model._meta.db_table)
    # Under the name of the table, the statement reads the rows as they were, so there is one rule about who sees what.
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH {table} AS (
                    SELECT former.* FROM unnest(%s::bigint[], %s::jsonb[]) AS old(id, fields)
                    LEFT JOIN {table} AS present ON present.id = old.id
                    CROSS JOIN LATERAL jsonb_populate_record(present, old.fields || jsonb_build_object('id', old.id)) AS former)
                {sql}""",
            [[*former], [json.dumps(fields) for fields in former.values()], *parameters],
        )
        return {pk for (pk,) in cursor.fetchall()}


def get_columns_of_statement(model: Any, rows: Any) -> set[str]:
    """The columns of the model that decide which rows these are: a change of any other one doesn't let a row appear or go away."""
    statement = str(rows.query)
    columns = {str(field.column) for field in model._meta.local_concrete_fields}
    quote, table = connection.ops.quote_name, connection.ops.quote_name(model._meta.db_table)
    return {column for column in columns if f"{table}.{quote(column)}" in statement}


def get_former_values(rows: Iterable[ChangedRow]) -> dict[int, dict[str, Any]]:
    """The first old value of each changed column by row; rows that were added don't appear, because they had none."""
    former: dict[int, dict[str, Any]] = {}
    added = set()
    for row in sorted(rows, key=lambda one: one.id):
        if row.kind == "insert":
            added.add(row.row)
        values = former.setdefault(row.row, {})
        for column, (old, _new) in row.fields.items():
            values.setdefault(column, old)
    return {pk: values for pk, values in former.items() if pk not in added}
