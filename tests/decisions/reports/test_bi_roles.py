"""What the database role of a BI tool may do once it has lifted its own settings, and which of its sessions are ended."""

import re

import psycopg
import pytest
from django.db import connection, transaction

from reports.bi import role_limits
from reports.bi.role_limits import end_bi_sessions_over_limits, get_sessions_over_limits
from tests.reports.bi.role import NAMES, ROLE, acting, connected, superuser, with_functions_of_everyone
from tests.reports.conftest import make_role

__all__ = ["make_role"]

LOCK = "hashtext('leadwell.settings')"
REJECTED = {
    "a table of its own": "CREATE TABLE report.mine (id int)",
    "a table beside those of Leadwell": "CREATE TABLE public.mine (id int)",
    "a temporary table": "CREATE TEMPORARY TABLE mine (id int)",
    "a temporary table in another way": "SELECT 1 AS id INTO TEMPORARY mine",
    "a schema": "CREATE SCHEMA mine",
    "a function": "CREATE FUNCTION report.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a large object": "SELECT lo_create(0)",
    "a large object with contents": "SELECT lo_from_bytea(0, '\\x00')",
    "a file as a large object": "SELECT lo_import('/etc/passwd')",
    "a lock of ours": f"SELECT pg_advisory_lock({LOCK})",
    "a lock of ours if it is free": f"SELECT pg_try_advisory_lock({LOCK})",
    "a lock of ours until the end of a transaction": f"SELECT pg_advisory_xact_lock({LOCK}, 0)",
    "a shared lock of ours": f"SELECT pg_try_advisory_xact_lock_shared({LOCK})",
    "a lock on a table": "BEGIN; LOCK TABLE report.leads IN ACCESS EXCLUSIVE MODE",
    "a line in the server's log of changes": "SELECT pg_logical_emit_message(false, 'x', 'y')",
    "a file of the server": "SELECT pg_read_file('postgresql.conf')",
    "a program of the server": "COPY (SELECT 1) TO PROGRAM 'true'",
    "a function of Leadwell": "SELECT public.reports_current(ARRAY[1])",
    "a job": "SELECT public.procrastinate_cancel_job_v1(1, true, true)",
    "another role": "SET ROLE leadwell",
    "the end of another session": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    "leads in a transaction that may write": "SELECT count(*) FROM report.leads",
}


@pytest.mark.parametrize("statement", REJECTED.values(), ids=REJECTED)
def test_what_a_role_without_its_limits_may_not_do(statement, make_role):
    make_role("--all")
    with connected() as tool, pytest.raises(psycopg.errors.Error) as found:
        tool.execute(statement)
    assert isinstance(found.value, psycopg.errors.InsufficientPrivilege), found.value


def test_the_functions_that_are_taken_away_from_everyone_are_only_these(make_role):
    """Not the others of PostgreSQL, without which no tool could ask anything, nor functions of Leadwell."""
    make_role("--all")
    names = "SELECT DISTINCT proname FROM pg_proc WHERE oid IN ({})"
    with superuser() as database:
        assert database.execute(role_limits.REVOKED_NOW).fetchall() == []
    with_functions_of_everyone()
    with superuser() as database:
        open_ones = database.execute(role_limits.REVOKED_NOW.replace("::regprocedure", "")).fetchall()
        found = {
            name for (name,) in database.execute(names.format(", ".join(str(oid) for (oid,) in open_ones)))
        }
    assert {
        "lo_create",
        "loread",
        "lowrite",
        "pg_advisory_lock",
        "pg_try_advisory_lock",
        "pg_notify",
    } <= found
    assert not {
        name for name in found if not re.match("lo_|lo(read|write)|pg_.*(advisory|emit|notify)|lowrite", name)
    }


def test_nothing_is_left_for_a_superuser_once_the_functions_are_taken_away(make_role):
    make_role("--all")
    assert role_limits.get_superuser_statements() == []
    with_functions_of_everyone()
    assert len(role_limits.get_superuser_statements()) == 1


def test_a_role_that_reads_again_sees_its_rows(make_role):
    make_role("--all")
    with connected() as tool:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="BI tools only read"):
            tool.execute("SELECT count(*) FROM report.leads")
        tool.execute("SET default_transaction_read_only = on")
        assert tool.execute("SELECT count(*) FROM report.leads").fetchone() == (0,)


@pytest.mark.parametrize("view", NAMES)
def test_a_view_asks_whether_its_reader_only_reads_before_it_reads_a_row(view, make_role):
    """Also when there are no rows, whatever plan PostgreSQL takes."""
    make_role("--all")
    with acting() as cursor:
        cursor.execute(f"EXPLAIN (COSTS off) SELECT * FROM report.{view}")
        first = [line.strip() for (line,) in cursor.fetchall()][:2]
    assert first == ["Result", "One-Time Filter: report.only_reads()"]


def waits(tool: psycopg.Connection) -> None:
    tool.execute("SELECT 1")


def asks(tool: psycopg.Connection) -> None:
    tool.pgconn.send_query(b"SELECT pg_sleep(60)")
    # It is sent, and the server may begin it later: the question counts from then on.
    while not is_asking(tool):
        continue


def is_asking(tool: psycopg.Connection) -> bool:
    with connected() as watcher:
        question = "SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = %s"
        return watcher.execute(question, [tool.info.backend_pid]).fetchone() == (True,)


def pauses(tool: psycopg.Connection) -> None:
    tool.execute("BEGIN")
    tool.execute("SELECT 1")


def locks(tool: psycopg.Connection) -> None:
    tool.execute(f"SELECT pg_advisory_lock({LOCK})")


# What the tool does, the seconds that its statements and pauses may last, and its transactions; why its session is ended.
SESSIONS = {
    "it waits for its next question": (waits, 0, 0, []),
    "a question within its time": (asks, 60, 60, []),
    "a question for too long": (asks, 0, 60, ["query"]),
    "a pause within its time": (pauses, 60, 60, []),
    "a pause in a transaction for too long": (pauses, 0, 60, ["idle"]),
    "a transaction for too long": (pauses, 60, 0, ["transaction"]),
    "a lock of ours": (locks, 60, 60, ["lock"]),
}


@pytest.mark.parametrize(("does", "limit", "longest", "why"), SESSIONS.values(), ids=SESSIONS)
def test_which_sessions_are_over_their_limits(does, limit, longest, why, make_role, monkeypatch):
    make_role("--all")
    monkeypatch.setattr(role_limits, "SECONDS", limit - role_limits.GRACE)
    monkeypatch.setattr(role_limits, "LONGEST_TRANSACTION", longest)
    with_functions_of_everyone()
    with connected() as tool:
        does(tool)
        found = get_sessions_over_limits()
        assert [(session.role, session.why) for session in found] == [(ROLE, one) for one in why]
        tool.cancel_safe()
        while tool.pgconn.get_result():
            pass


def test_a_session_that_holds_a_lock_of_ours_is_ended_within_a_minute_where_locks_are_for_everyone(make_role):
    make_role("--all")
    with_functions_of_everyone()
    with connected() as tool, connected() as other:
        tool.execute("SELECT lo_create(0)")
        locks(tool)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT lo_create(0)")
            (own,) = cursor.fetchone()
            assert end_bi_sessions_over_limits() == 1
            # What Leadwell itself has stays.
            cursor.execute("SELECT oid FROM pg_largeobject_metadata")
            assert cursor.fetchall() == [(own,)]
            # The object is removed again at the end, by another connection.
            transaction.set_rollback(True)
        with pytest.raises(psycopg.OperationalError):
            tool.execute("SELECT 1")
        assert other.execute("SELECT 1").fetchone() == (1,)
