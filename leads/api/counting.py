"""Counting all that match, exactly and at once: a count is kept, and what has changed since is added to it.

To count a million leads takes some hundred milliseconds. The count is therefore kept, in this process, together with
which changes it saw. The next one looks only at the leads that were changed since: how many of them match now, and how
many matched as they were then, which the recorded changes tell. Changes do not become visible in the order of their
numbers: a count is kept with the number up to which all of them are settled, and with those beyond it that it saw.

An example: 1,000 leads are open, counted when change 70 was the last and all were settled. Then somebody wins lead 5
(change 71) and adds lead 9, which is open (change 72). The next count reads changes 71 and 72 alone. Of the leads in
them, 5 and 9, one is open now: lead 9. Of the same leads one was open before: lead 5, as the old value in change 71
tells; lead 9 was not there, because its first change is its making. So there are 1,000 + 1 - 1 open leads.

Change 73 may become visible after 74, when its transaction ends later. The count that saw 74 without 73 is kept as
"settled up to 72, seen beyond it: 74", so that the next one reads 73 and not 74 again. Which changes are settled, the
transaction numbers tell (`_settled_at`): once every transaction that was writing when a change was the last one has
ended, nothing below that change can still appear.
"""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

MOST_KEPT = 500
# With more changes since, all are counted anew.
MOST_CHANGES = 3_000
MOST_MARKS = 1_000


class State(NamedTuple):
    """The last change that is seen, the oldest transaction that is still writing, and the next one that will."""

    last: int
    oldest: int
    next: int


class Kept(NamedTuple):
    """All changes up to `settled` were seen, and of those beyond it `seen`; `last` is the highest of all."""

    number: int
    settled: int
    seen: list[int]
    last: int


_kept: OrderedDict[tuple, Kept] = OrderedDict()
# By database: up to where all changes are settled, and the states from which later ones tell.
_settled: dict[tuple, int] = {}
_marks: dict[tuple, list[State]] = {}
_lock = Lock()

TABLE = ' FROM "leads_lead"'
LATER = """FROM crm_change c WHERE c.id > %s AND c."table" = 'lead'"""
SINCE = f"{LATER} AND c.id <> ALL (%s::bigint[])"
# The leads that were changed since, as they were: the first of the old values of each column, the rest as it is now.
# A lead whose first change is its making was not there.
AS_THEY_WERE = f"""(
    WITH since AS (SELECT c.id, c."row", c.kind, c.fields {SINCE}),
    begun AS (SELECT DISTINCT ON ("row") "row", kind FROM since ORDER BY "row", id),
    former AS (SELECT DISTINCT ON (s."row", f.key) s."row", f.key, f.value->0 AS value
               FROM since s CROSS JOIN LATERAL jsonb_each(s.fields) f ORDER BY s."row", f.key, s.id)
    SELECT was.* FROM begun b LEFT JOIN leads_lead l ON l.id = b."row"
    CROSS JOIN LATERAL (SELECT jsonb_object_agg(f.key, f.value) AS fields FROM former f WHERE f."row" = b."row") old
    CROSS JOIN LATERAL jsonb_populate_record(
        l, coalesce(old.fields, '{{}}') || jsonb_build_object('id', b."row")) was
    WHERE b.kind <> 'insert')"""


def count(rows: QuerySet) -> int:
    """How many leads there are now, of a set that names conditions on the lead only."""
    rows = rows.order_by()
    database = (connection.settings_dict["HOST"], connection.settings_dict["NAME"])
    sql, parameters = rows.values("pk").query.sql_with_params()
    key = (*database, sql, repr(parameters))
    state = _state()
    with _lock:
        settled = _settled_at(state, database)
        kept = _kept.get(key)
    if settled is None:
        return rows.count()
    if kept and kept.settled == kept.last == state.last:
        return kept.number
    plain = sql.count(TABLE) == 1 and " JOIN " not in sql
    if kept and plain and 0 <= state.last - kept.settled <= MOST_CHANGES:
        found = _counted_on(kept, rows, sql, parameters, settled)
    else:
        found = _counted_anew(sql, parameters, settled)
    with _lock:
        _kept[key] = found
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found.number


def _state() -> State:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce((SELECT max(id) FROM crm_change), 0), pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text
               FROM pg_current_snapshot() s"""
        )
        return State(*map(int, cursor.fetchone()))


def _settled_at(state: State, database: tuple) -> int | None:
    """The number of a change up to which nobody can still commit one; None where that is not known yet.

    Whoever is writing now began after an earlier state whose next transaction is not older than the oldest of now, so
    all their changes have higher numbers than the last one of then.
    """
    marks = _marks.setdefault(database, [])
    if state.last < _settled.get(database, 0):
        # Another database under the same name, or a state that was overtaken.
        marks.clear()
        del _settled[database]
        return None
    marks.append(state)
    for place in reversed(range(len(marks))):
        if marks[place].next <= state.oldest:
            _settled[database] = max(marks[place].last, _settled.get(database, 0))
            del marks[: place + 1]
            break
    if len(marks) > MOST_MARKS:
        del marks[1::2]
    return _settled.get(database)


def _counted_anew(sql: str, parameters: tuple, settled: int) -> Kept:
    """One statement, so that the count and the changes that it saw belong together."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT (SELECT count(*) FROM ({sql}) found), (SELECT coalesce(array_agg(c.id), '{{}}') {LATER}),
                       coalesce((SELECT max(id) FROM crm_change), 0)""",
            [*parameters, settled],
        )
        number, seen, last = cursor.fetchone()
        return Kept(number, settled, seen, last)


def _counted_on(kept: Kept, rows: QuerySet, sql: str, parameters: tuple, settled: int) -> Kept:
    """How many of the leads that were changed since match now, less those that matched as they were; in one statement."""
    since = (kept.settled, kept.seen)
    changed = RawSQL(f'SELECT c."row" {SINCE}', since)
    now, of_now = rows.filter(pk__in=changed).values("pk").query.sql_with_params()
    # The same query, on the changed leads as they were in the place of all leads.
    former = sql.replace(TABLE, f' FROM {AS_THEY_WERE} "leads_lead"')
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT (SELECT count(*) FROM ({now}) now), (SELECT count(*) FROM ({former}) former),
                       (SELECT coalesce(array_agg(c.id), '{{}}') {LATER}),
                       coalesce((SELECT max(id) FROM crm_change), 0)""",
            [*of_now, *since, *parameters, settled],
        )
        match_now, matched, seen, last = cursor.fetchone()
    return Kept(kept.number + match_now - matched, settled, seen, last)
