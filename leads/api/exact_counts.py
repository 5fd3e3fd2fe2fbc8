"""Counts all matches exactly and instantly: keeps the last count and adds what has changed since.

Counting a million leads takes some hundred milliseconds. So this process caches the count, together with which changes
it includes. The next count looks only at the leads changed since then: how many of them match now, and how many matched
before, according to the recorded changes. Changes don't become visible in the order of their numbers, so a count is
stored with the number up to which all changes are settled, and with the later ones it includes.

An example: 1,000 leads are open, counted when change 70 was the last and all were settled. Then someone wins lead 5
(change 71) and adds lead 9, which is open (change 72). The next count reads only changes 71 and 72. Of the leads in
them, 5 and 9, one is open now: lead 9. Of the same leads, one was open before: lead 5, according to the old value in
change 71; lead 9 didn't exist, because its first change is its creation. So there are 1,000 + 1 - 1 open leads.

Which changes are settled is only true of one server. After a failover, a standby may not have the last ones, and gives their
numbers to others. So everything here is remembered for one server, which the time of its start tells apart.

Change 73 may become visible after 74 if its transaction ends later. The count that includes 74 but not 73 is stored as
"settled up to 72, also includes 74", so the next one reads 73 and doesn't read 74 again. The transaction numbers show
which changes are settled (`_settled_at`): once every transaction that had begun to write when a change was the last one has
ended, no change with a lower number can still appear.
"""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

MOST_KEPT = 500
# With more changes since, everything is counted again.
MOST_CHANGES = 3_000
MOST_MARKS = 1_000


class CommitState(NamedTuple):
    """The last visible change, the oldest transaction that is still writing, the next one to start if that is known, and when
    the server was started."""

    last: int
    oldest: int
    next: int | None
    server: str


class CachedCount(NamedTuple):
    """Includes all changes up to `settled` and those in `seen`, which come later; `last` is the highest of all."""

    number: int
    settled: int
    seen: list[int]
    last: int


_kept: OrderedDict[tuple, CachedCount] = OrderedDict()
# By database: the number up to which all changes are settled, and the states that later numbers are derived from.
_settled: dict[tuple, int] = {}
_marks: dict[tuple, list[CommitState]] = {}
_highest: dict[tuple, int] = {}
_lock = Lock()

TABLE = ' FROM "leads_lead"'
LATER = """FROM crm_change c WHERE c.id > %s AND c."table" = 'lead'"""
SINCE = f"{LATER} AND c.id <> ALL (%s::bigint[])"
# The leads changed since, in their earlier state: the oldest old value of each changed column, the rest as it is now.
# Leads whose first change is their creation are excluded.
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


def count_leads(rows: QuerySet) -> int:
    """The current number of leads in a set whose conditions are on the lead only."""
    rows = rows.order_by()
    sql, parameters = rows.values("pk").query.sql_with_params()
    state = _read_commit_state()
    database = (connection.settings_dict["HOST"], connection.settings_dict["NAME"], state.server)
    key = (*database, sql, repr(parameters))
    with _lock:
        settled = _find_settled_change(state, database)
        kept = _kept.get(key)
    if settled is None:
        return rows.count()
    if kept and kept.settled == kept.last == state.last:
        return kept.number
    plain = sql.count(TABLE) == 1 and " JOIN " not in sql
    if kept and plain and 0 <= state.last - kept.settled <= MOST_CHANGES:
        found = _count_changes_since(kept, rows, sql, parameters, settled)
    else:
        found = _count_from_scratch(sql, parameters, settled)
    with _lock:
        _kept[key] = found
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found.number


def _read_commit_state() -> CommitState:
    """The end of a snapshot isn't the next transaction: it follows the last one that has ended, and later ones may have taken
    numbers of changes already. The age of a transaction tells, except in a transaction that writes itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce((SELECT max(id) FROM crm_change), 0), pg_snapshot_xmin(s)::text::bigint,
                      CASE WHEN pg_current_xact_id_if_assigned() IS NULL
                           THEN pg_snapshot_xmin(s)::text::bigint + age(pg_snapshot_xmin(s)::xid) END,
                      pg_postmaster_start_time()::text
               FROM pg_current_snapshot() s"""
        )
        return CommitState(*cursor.fetchone())


def _find_settled_change(state: CommitState, database: tuple) -> int | None:
    """A change number below which no new change can be committed; None if it isn't known yet.

    Transactions writing now started after an earlier state if its next transaction isn't newer than the oldest one of
    now, so all their changes have higher numbers than the last change of that state.
    """
    marks = _marks.setdefault(database, [])
    if state.last < _settled.get(database, 0):
        # Another database with the same name, such as a restored one, or an outdated state.
        marks.clear()
        del _settled[database]
        _highest.pop(database, None)
        for key in [key for key in _kept if key[: len(database)] == database]:
            del _kept[key]
        return None
    # Within one transaction, the server repeats the age that it told first, and then its next one isn't that of this state.
    if state.next is not None and state.next > _highest.get(database, 0):
        _highest[database] = state.next
        marks.append(state)
    for place in reversed(range(len(marks))):
        if marks[place].next <= state.oldest:  # type: ignore[operator]
            _settled[database] = max(marks[place].last, _settled.get(database, 0))
            del marks[: place + 1]
            break
    if len(marks) > MOST_MARKS:
        del marks[1::2]
    return _settled.get(database)


def _count_from_scratch(sql: str, parameters: tuple, settled: int) -> CachedCount:
    """One statement, so that the count and the changes it includes match."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT (SELECT count(*) FROM ({sql}) found), (SELECT coalesce(array_agg(c.id), '{{}}') {LATER}),
                       coalesce((SELECT max(id) FROM crm_change), 0)""",
            [*parameters, settled],
        )
        number, seen, last = cursor.fetchone()
        return CachedCount(number, settled, seen, last)


def _count_changes_since(
    kept: CachedCount, rows: QuerySet, sql: str, parameters: tuple, settled: int
) -> CachedCount:
    """How many of the leads changed since match now, minus those that matched before; in one statement."""
    since = (kept.settled, kept.seen)
    changed = RawSQL(f'SELECT c."row" {SINCE}', since)
    now, of_now = rows.filter(pk__in=changed).values("pk").query.sql_with_params()
    # The same query, with the changed leads in their earlier state instead of all leads.
    former = sql.replace(TABLE, f' FROM {AS_THEY_WERE} "leads_lead"')
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT (SELECT count(*) FROM ({now}) now), (SELECT count(*) FROM ({former}) former),
                       (SELECT coalesce(array_agg(c.id), '{{}}') {LATER}),
                       coalesce((SELECT max(id) FROM crm_change), 0)""",
            [*of_now, *since, *parameters, settled],
        )
        match_now, matched, seen, last = cursor.fetchone()
    return CachedCount(kept.number + match_now - matched, settled, seen, last)


def forget_counts() -> None:
    """For tests, which remove records without a recorded change."""
    for kept in (_kept, _settled, _marks, _highest):
        kept.clear()
