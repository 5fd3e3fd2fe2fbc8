"""Which sessions of BI tools are over their limits, from what PostgreSQL says of all sessions."""

from typing import NamedTuple

import pytest
from django.db import connection

from reports.bi import role_limits


class Session(NamedTuple):
    """How many seconds ago its statement, its state and its transaction began, and why it is ended, if it is."""

    state: str
    query: float = 0
    change: float = 0
    transaction: float | None = None
    why: str | None = None
    lock: str = ""
    role: str = "leadwell"
    database: str = ""


IDLE = "idle in transaction"
SESSIONS = {
    "it waits for its next question": Session("idle", 9000, 9000),
    "a question as long as its own limit": Session("active", 60, 60, 60),
    "a question for longer than that": Session("active", 75.5, 75.5, 75.5, "query"),
    "a pause in a transaction": Session(IDLE, 60, 60, 60),
    "a long pause in a transaction": Session(IDLE, 75.5, 75.5, 75.5, "idle"),
    "a long pause after an error": Session(f"{IDLE} (aborted)", 75.5, 75.5, 75.5, "idle"),
    "a question long ago, and a pause now": Session(IDLE, 200, 5, 200),
    "a question now in a long transaction": Session("active", 5, 5, 590),
    "a question now in too long a transaction": Session("active", 5, 5, 600.5, "transaction"),
    "a pause now in too long a transaction": Session(IDLE, 5, 5, 600.5, "transaction"),
    "a lock by a number": Session("idle", why="lock", lock="advisory"),
    "a lock of a table": Session("active", lock="relation"),
    "a question of Leadwell itself": Session("active", 9000, 9000, 9000, role="postgres"),
    "a question in another database": Session("active", 9000, 9000, 9000, database="other"),
}


@pytest.fixture
def sessions(db, monkeypatch):
    """Tables with the names of PostgreSQL's own views, which are found first. Leadwell has the rights of its own role."""
    monkeypatch.setattr(role_limits, "_get_roles", lambda: ["leadwell"])
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE pg_stat_activity (pid int, usename name, state text, query_start timestamptz,
                   state_change timestamptz, xact_start timestamptz, datname name, usesysid oid) ON COMMIT DROP;
               CREATE TEMPORARY TABLE pg_locks (pid int, locktype text) ON COMMIT DROP"""
        )
        yield cursor


@pytest.mark.parametrize("case", SESSIONS.values(), ids=SESSIONS)
def test_which_sessions_are_ended_and_why(case, sessions):
    sessions.execute(
        """INSERT INTO pg_stat_activity SELECT 7, %s, %s, now() - %s * interval '1 second', now() - %s * interval '1 second',
               now() - %s::float * interval '1 second', coalesce(nullif(%s, ''), current_database()), u.oid
           FROM pg_roles u WHERE u.rolname = current_user""",
        [case.role, case.state, case.query, case.change, case.transaction, case.database],
    )
    # That another session holds a lock doesn't matter.
    sessions.execute(
        "INSERT INTO pg_locks VALUES (7, nullif(%s, '')), (8, 'advisory')",
        [case.lock],
    )
    found = [(session.pid, session.why) for session in role_limits.get_sessions_over_limits()]
    assert found == ([(7, case.why)] if case.why else [])
