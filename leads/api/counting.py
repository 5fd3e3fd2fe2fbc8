"""Counting all that match, exactly and at once: a count is kept, and what has changed since is added to it.

To count a million leads takes some hundred milliseconds. The count is therefore kept, in this process, together with
the number of the last change that it saw. The next one looks only at the leads that were changed since: how many of
them match now, and how many matched as they were then, which the recorded changes tell. It is kept only where no other
transaction was writing while it was taken: one of those could still commit a change that has an earlier number.
"""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

MOST_KEPT = 500
# With more changes since, all are counted anew.
MOST_CHANGES = 3_000


class Kept(NamedTuple):
    last: int
    number: int


_kept: OrderedDict[tuple, Kept] = OrderedDict()
_lock = Lock()

TABLE = ' FROM "leads_lead"'
# The leads that were changed since, as they were: the first of the old values of each column, the rest as it is now.
# A lead whose first change is its making was not there.
AS_THEY_WERE = """(
    WITH since AS (SELECT c.id, c."row", c.kind, c.fields FROM crm_change c WHERE c.id > %s AND c."table" = 'lead'),
    begun AS (SELECT DISTINCT ON ("row") "row", kind FROM since ORDER BY "row", id),
    former AS (SELECT DISTINCT ON (s."row", f.key) s."row", f.key, f.value->0 AS value
               FROM since s CROSS JOIN LATERAL jsonb_each(s.fields) f ORDER BY s."row", f.key, s.id)
    SELECT was.* FROM begun b LEFT JOIN leads_lead l ON l.id = b."row"
    CROSS JOIN LATERAL (SELECT jsonb_object_agg(f.key, f.value) AS fields FROM former f WHERE f."row" = b."row") old
    CROSS JOIN LATERAL jsonb_populate_record(
        l, coalesce(old.fields, '{}') || jsonb_build_object('id', b."row")) was
    WHERE b.kind <> 'insert')"""


def count(rows: QuerySet) -> int:
    """How many leads there are now, of a set that names conditions on the lead only."""
    rows = rows.order_by()
    last, quiet = _state()
    sql, parameters = rows.values("pk").query.sql_with_params()
    key = (connection.settings_dict["HOST"], connection.settings_dict["NAME"], sql, repr(parameters))
    with _lock:
        kept = _kept.get(key)
    plain = sql.count(TABLE) == 1 and " JOIN " not in sql
    if kept is None or last is None or not plain or not 0 <= last - kept.last <= MOST_CHANGES:
        number = rows.count()
    elif last == kept.last:
        return kept.number
    else:
        number = kept.number + _difference(rows, sql, parameters, kept.last)
    if last is not None and quiet:
        with _lock:
            _kept[key] = Kept(last, number)
            _kept.move_to_end(key)
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return number


def _state() -> tuple[int | None, bool]:
    """The number of the last change that this statement sees, and whether nobody was writing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT max(id) FROM crm_change),
                      pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())"""
        )
        return cursor.fetchone()


def _difference(rows: QuerySet, sql: str, parameters: tuple, since: int) -> int:
    """How many of the leads that were changed since match now, less those that matched as they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(array_agg(DISTINCT "row"), '{}') FROM crm_change WHERE id > %s AND "table" = 'lead'""",
            [since],
        )
        (changed,) = cursor.fetchone()
        if not changed:
            return 0
        now = rows.filter(pk__any=changed).count()
        # The same query, on the changed leads as they were in the place of all leads.
        former = sql.replace(TABLE, f' FROM {AS_THEY_WERE} "leads_lead"')
        cursor.execute(f"SELECT count(*) FROM ({former}) former", [since, *parameters])
        return now - cursor.fetchone()[0]
