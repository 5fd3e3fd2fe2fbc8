"""The small table, other connections to it, and all months of a year."""

from datetime import UTC, datetime

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.crm.scaling.months.things import TABLE, WRITE


@pytest.fixture
def ask(transactional_db):
    def answer(query: str):
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []

    answer("DROP TABLE IF EXISTS thing")
    answer(TABLE)
    yield answer
    answer("DROP TABLE IF EXISTS thing; DROP FUNCTION IF EXISTS thing_waits")


@pytest.fixture
def other(ask):
    """Another connection."""
    one = connections["default"].copy()
    yield one
    one.close()


@pytest.fixture
def writing(other):
    """A transaction of another connection that has written to the table and isn't over."""
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(WRITE)
    yield other
    other.rollback()


@pytest.fixture
def a_year(ask, monkeypatch):
    """All months of 2030 have their partitions."""
    ask("SELECT leadwell_watch('thing', 'at')")
    for month in range(1, 13):
        ask(f"SELECT leadwell_partition('thing', '2030-{month:02}-01')")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2031, 5, 20, 1, tzinfo=UTC))
