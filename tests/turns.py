"""What keeps a worker from a turn: another worker that has it, and faults that pass by themselves."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import InterfaceError, connections, transaction

# Each makes the worker come again later, without a word in any log.
PASSING_FAULTS = {
    "a lost connection": InterfaceError("the connection is closed"),
    "a database whose disk is full": psycopg.errors.DiskFull(),
    "a full disk": OSError(errno.ENOSPC, "No space left on device"),
    "a record that someone holds": psycopg.errors.LockNotAvailable(),
    "two that wait for each other": psycopg.errors.DeadlockDetected(),
}


@contextmanager
def held_turn(name: str) -> Iterator[None]:
    """Another worker has the turn. The test names the databases "default" and "progress"."""
    with transaction.atomic(using="progress"), connections["progress"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
        yield
        transaction.set_rollback(True, using="progress")
