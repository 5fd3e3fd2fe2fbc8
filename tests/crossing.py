"""Two transactions at the same moment: the second one begins before the first one has ended."""

import contextlib
import threading
from collections.abc import Iterator

from django.db import connection, transaction

from tests.waiting import until, until_ended

WAITS = (
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
)
# Not what waits for a table: before it has that, the statement has done nothing yet.
CANCEL = """SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'virtualxid'"""
HELD_UP = 7_411
TAKES_LONG = f"SELECT pg_advisory_xact_lock_shared({HELD_UP})"
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def another_waits() -> bool:
    """Whether another transaction waits for a lock of this one. Tests of other databases also wait for locks."""
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return cursor.fetchone()[0]


def waiting_for_locks() -> int:
    """How many sessions of this database wait for a lock, whoever has it. Asked on a connection of its own, so it may be asked in
    the middle of whatever another one does."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(WAITING)
            return cursor.fetchone()[0]
    finally:
        own.close()


@contextlib.contextmanager
def cancelled_once_it_waits() -> Iterator[None]:
    """The first statement in the block that waits for the end of an older transaction is canceled, as an administrator would."""
    over = threading.Event()

    def cancel() -> None:
        try:
            with connection.cursor() as cursor:
                until(lambda: over.is_set() or cursor.execute(CANCEL).fetchone())
        finally:
            connection.close()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        yield
    finally:
        over.set()
        until_ended(thread)


@contextlib.contextmanager
def held_up() -> Iterator[None]:
    """The statement TAKES_LONG takes as long as the block does."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [HELD_UP])
        yield
    finally:
        own.close()


def crossed(first, second):
    """What `second` returns or raises when it begins before the transaction of `first` has ended."""
    results = []

    def run():
        try:
            results.append(second())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        until(lambda: not thread.is_alive() or another_waits())
    until_ended(thread)
    return results[0]
