"""Rows that a test has written and rolled back are removed from their tables again and again.

The tests' PostgreSQL doesn't vacuum by itself, and never could while the long transaction of the permission matrix lasts. Every
test would read past the users of thousands of tests before it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.sql import SQL, Identifier

from crm.platform.database.connection_settings import get_embedded_server

# How many tests write before the tables are looked at, and by how many bytes a table has to grow.
TESTS, GROWN = 20, 5 * 8192
SIZES = """
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relnamespace IN ('public'::regnamespace, 'pg_catalog'::regnamespace) AND relkind = 'r'
"""

_tables: "Tables | None" = None
# What is called with the tables that were vacuumed.
followers: list[Callable[[list[str]], None]] = []


class Tables:
    """The tables of a new database, and how large they were when they were last vacuumed."""

    def __init__(self, database: psycopg.Connection) -> None:
        self.database, self.tests = database, 0
        self.sizes = self._now()

    def _now(self) -> dict[str, int]:
        """Nothing while a test keeps a table locked, such as one that drops a month of it."""
        try:
            return dict(self.database.execute(SIZES).fetchall())
        except psycopg.errors.LockNotAvailable:
            return {}

    def count_test(self) -> None:
        self.tests += 1
        if self.tests % TESTS == 0:
            self.vacuum()

    def vacuum(self) -> None:
        grown = [table for table, size in self._now().items() if size - self.sizes.get(table, 0) >= GROWN]
        if grown:
            tables = SQL(", ").join(Identifier(table) for table in grown)
            self.database.execute(SQL("VACUUM (SKIP_LOCKED, PARALLEL 0) {}").format(tables))
            self.sizes |= {table: size for table, size in self._now().items() if table in grown}
            for follow in followers:
                follow(grown)


@contextmanager
def after_each_twenty() -> Iterator[None]:
    global _tables
    server = get_embedded_server(settings.ENVIRONMENT)
    assert server, "The tests start their own PostgreSQL."
    address = server.get_connection_parameters("postgres", connection.settings_dict["NAME"])
    with psycopg.connect(**address, autocommit=True) as database:
        database.execute("SET lock_timeout = '100ms'")
        _tables = Tables(database)
        yield
        _tables = None


def pytest_runtest_logfinish(nodeid: str, location: tuple) -> None:
    if _tables:
        _tables.count_test()


@contextmanager
def world_known_to_planner() -> Iterator[None]:
    """For the rows of a long transaction. A VACUUM counts none of them, so the planner would take their tables for empty, and a
    join of three hundred operations with themselves took seconds."""
    _analyze([])
    followers.append(_analyze)
    yield
    followers.remove(_analyze)


def _analyze(tables: list[str]) -> None:
    """All tables where none is given."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(f'"{table}"' for table in tables))
