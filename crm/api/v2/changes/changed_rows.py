"""The rows of the history that became visible between two snapshots."""

from collections.abc import Iterable
from datetime import timedelta
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from crm.api.v2.changes.feed_position import FeedPosition
from crm.platform.sql.transaction_numbers import TransactionSnapshot

# So long before a snapshot no transaction began that was still open in it: the months before needn't be searched.
LONGEST_TRANSACTION = timedelta(days=7)

# Two ranges of the index: transactions that were open in the first snapshot, which all have lower numbers than its next one, and those
# that came later. The second one begins with a comparison of rows and nothing else: beside another lower bound, PostgreSQL 18 may begin at
# the lower of both, which is far away.
WERE_OPEN = """
    (SELECT * FROM crm_change
     WHERE "table" = %(table)s AND transaction_number = ANY(%(were_open)s) AND transaction_number <> ALL(%(are_open)s)
       AND (transaction_number > %(number)s OR id > %(id)s) AND at >= %(from)s
     ORDER BY transaction_number, id LIMIT %(most)s)"""
CAME_LATER = """
    (SELECT * FROM crm_change
     WHERE "table" = %(table)s AND (transaction_number, id) > (%(first)s, %(first_id)s) AND transaction_number < %(until)s
       AND transaction_number <> ALL(%(are_open)s) AND at >= %(from)s
     ORDER BY transaction_number, id LIMIT %(most)s)"""
# Columns as arrays, because the driver takes longer to convert the values of 200 rows than PostgreSQL takes to find these. Without sorting,
# the rows of all months come in the order of their index: the statistics know nothing of what has just been written, so PostgreSQL would
# rather read and sort all that came since, for each page of it.
READ = """
    SET LOCAL enable_sort = off;
    SELECT json_agg(transaction_number), json_agg(id), json_agg("row"),
        json_agg(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), json_agg(kind), json_agg(fields)
    FROM (SELECT * FROM ({}) AS found ORDER BY transaction_number, id LIMIT %(most)s) AS changed;
    SET LOCAL enable_sort TO DEFAULT"""
CHANGED_SINCE = READ.format(CAME_LATER)
CHANGED_SINCE_OR_OPEN = READ.format(f"{WERE_OPEN} UNION ALL {CAME_LATER}")


class ChangedRow(NamedTuple):
    """One row of the history, in the order of transactions. `at` is in the format of API v2; `fields` is {"column": [old, new]}, and
    empty for an insert."""

    number: int
    id: int
    row: int
    at: str
    kind: str
    fields: dict[str, list[Any]]
    table: str


def read_changed_rows(
    tables: Iterable[str], position: FeedPosition, until: TransactionSnapshot, most: int
) -> list[ChangedRow]:
    """The next changes of these tables in the order of their transactions, at most `most`."""
    found = [_read_rows_of_table(table, position, until, most) for table in tables]
    return list(islice(merge(*found), most))


def _read_rows_of_table(
    table: str, position: FeedPosition, until: TransactionSnapshot, most: int
) -> list[ChangedRow]:
    number, pk = position.after
    first, first_id = max(position.after, (position.since.next, 0))
    parameters: dict[str, Any] = {
        "table": table,
        "were_open": [one for one in position.since.open if one >= number],
        "are_open": list(until.open),
        "first": first,
        "first_id": first_id,
        "until": until.next,
        "number": number,
        "id": pk,
        "from": position.since.at - LONGEST_TRANSACTION,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_SINCE_OR_OPEN if parameters["were_open"] else CHANGED_SINCE, parameters)
        cursor.nextset()
        columns = [column or [] for column in cursor.fetchone()]
    return [
        ChangedRow(number, pk, row, at, kind, fields or {}, table)
        for number, pk, row, at, kind, fields in zip(*columns, strict=True)
    ]
