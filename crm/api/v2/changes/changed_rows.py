"""The rows of the history that became visible between two snapshots."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from django.db import connection

from crm.api.v2.changes.feed_position import FeedPosition
from crm.platform.sql.transaction_numbers import TransactionSnapshot

# So long before a snapshot no transaction began that was still open in it: the months before needn't be searched.
LONGEST_TRANSACTION = timedelta(days=7)

# Two ranges of the index: transactions that were open in the first snapshot, which all have lower numbers than its next one, and those
# that came later. The second one begins with a comparison of rows and nothing else: beside another lower bound, PostgreSQL 18 may begin at
# the lower of both, which is far away.
CHANGED = """
    SELECT transaction_number, id, "row", at, kind, fields FROM (
        (SELECT * FROM crm_change
         WHERE "table" = %(table)s AND transaction_number = ANY(%(were_open)s) AND transaction_number <> ALL(%(are_open)s)
           AND (transaction_number > %(number)s OR id > %(id)s) AND at >= %(from)s
         ORDER BY transaction_number, id LIMIT %(most)s)
        UNION ALL
        (SELECT * FROM crm_change
         WHERE "table" = %(table)s AND (transaction_number, id) > (%(first)s, %(first_id)s) AND transaction_number < %(until)s
           AND transaction_number <> ALL(%(are_open)s) AND at >= %(from)s
         ORDER BY transaction_number, id LIMIT %(most)s)
    ) AS changed ORDER BY transaction_number, id LIMIT %(most)s"""


@dataclass(frozen=True, order=True)
class ChangedRow:
    """One row of the history; `fields` is {"column": [old, new]}, and empty for an insert."""

    number: int
    id: int
    row: int = field(compare=False)
    at: datetime = field(compare=False)
    kind: str = field(compare=False)
    fields: dict[str, list[Any]] = field(compare=False)
    table: str = field(compare=False)


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
        cursor.execute(CHANGED, parameters)
        return [
            ChangedRow(number, pk, row, at, kind, json.loads(fields) if fields else {}, table)
            for number, pk, row, at, kind, fields in cursor.fetchall()
        ]
