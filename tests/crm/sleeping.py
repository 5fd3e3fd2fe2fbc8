"""Waits for statements that take long, instead of guessing when they have begun."""

import time

from django.db import connections

SLEEPING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
)


def until_asleep(statements: int = 1) -> None:
    """Returns once so many calls of pg_sleep() are running in this database."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connections["progress"].cursor() as cursor:
            cursor.execute(SLEEPING)
            if cursor.fetchone()[0] >= statements:
                return
        time.sleep(0.02)
    raise AssertionError("They haven't begun.")
