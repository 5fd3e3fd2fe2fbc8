"""Months are added, joined and analyzed while other connections write, and a start doesn't fail because one of them is slow."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from crm.platform.database import partitioned_tables
from crm.platform.database.partitioned_tables import PartitionedTable
from crm.platform.jobs.housekeeping import clean_up
from crm.scaling.months import yearly_partitions
from crm.scaling.months.yearly_partitions import join_a_year
from tests.crm.scaling.months.things import SLOW, THING, WRITE, in_the_middle_of_copying, names
from tests.waiting import PATIENCE


def written_during_analyze(other, work) -> list[bool]:
    """Whether the other connection could write, for each ANALYZE during this work."""
    written = []

    def watch(execute, sql, parameters, many, context):
        if str(sql) == 'ANALYZE "thing"':
            try:
                with other.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '30s'")
                    cursor.execute(WRITE)
                written.append(True)
            except OperationalError:
                written.append(False)
        return execute(sql, parameters, many, context)

    def step() -> int:
        work()
        return 0

    with connection.execute_wrapper(watch):
        clean_up([step])
    return written


def test_others_write_while_a_table_with_new_months_is_analyzed(ask, other):
    assert written_during_analyze(other, THING.bring_up_to_date) == [True]
    assert len(names(ask)) == 5


def test_others_write_while_a_table_with_a_joined_year_is_analyzed(ask, other, a_year):
    assert written_during_analyze(other, lambda: join_a_year(THING)) == [True]
    assert names(ask) == {"2030", "other"}


# The start


def test_a_start_goes_on_if_only_coming_months_cannot_be_added(ask, writing, monkeypatch, caplog):
    monkeypatch.setattr(partitioned_tables, "TABLES", [THING])
    writing.rollback()
    ask("SELECT leadwell_partition('thing', date_trunc('month', now() AT TIME ZONE 'UTC'))")
    with writing.cursor() as cursor:
        cursor.execute(WRITE)
    partitioned_tables.create_first_partitions()
    assert "thing is busy" in caplog.text
    assert len(names(ask)) == 2
    writing.rollback()
    partitioned_tables.create_first_partitions()
    assert len(names(ask)) == 5


def test_others_write_while_the_first_start_copies_rows_without_a_month(ask, monkeypatch):
    """It begins to count changed rows, for which the table must be locked for a moment."""
    monkeypatch.setattr(partitioned_tables, "TABLES", [THING])
    ask("INSERT INTO thing (at) VALUES ('2030-03-01')")
    ask(SLOW)
    with in_the_middle_of_copying(partitioned_tables.create_first_partitions) as starting:
        ask("SET lock_timeout = '30s'")
        ask(WRITE)
        ask("RESET lock_timeout")
    starting.result(PATIENCE)
    assert "2030_03" in names(ask)


def test_a_start_goes_on_after_a_deadlock_too(db, monkeypatch, caplog):
    def crossed(_one) -> None:
        raise OperationalError from DeadlockDetected()

    monkeypatch.setattr(partitioned_tables, "TABLES", [partitioned_tables.CHANGES_TABLE])
    monkeypatch.setattr(PartitionedTable, "bring_up_to_date", crossed)
    partitioned_tables.create_first_partitions()
    assert "crm_change is busy" in caplog.text


def test_a_start_fails_if_this_month_cannot_be_added(writing, monkeypatch):
    monkeypatch.setattr(partitioned_tables, "TABLES", [THING])
    with pytest.raises(OperationalError, match="lock timeout"):
        partitioned_tables.create_first_partitions()


# Years


def test_nothing_is_copied_while_the_table_is_busy(ask, a_year, writing):
    before = names(ask)
    assert join_a_year(THING) == 0
    assert names(ask) == before
    writing.rollback()
    assert join_a_year(THING) == 12


def test_a_year_that_was_copied_for_nothing_is_no_error_and_is_tried_the_next_night(db, monkeypatch, caplog):
    monkeypatch.setattr(yearly_partitions, "FAILED", set())
    tried = []

    def lose(_one) -> int:
        tried.append(timezone.now())
        raise yearly_partitions.CopyLost("lost")

    monkeypatch.setattr(yearly_partitions, "join_a_year", lose)
    for day, hour in ((20, 2), (20, 3), (21, 1)):
        monkeypatch.setattr(timezone, "now", lambda at=datetime(2031, 5, day, hour, tzinfo=UTC): at)
        with timezone.override(UTC):
            assert clean_up([yearly_partitions.join_finished_year]) == {"join_finished_year": 0}
    assert [(time.day, time.hour) for time in tried] == [(20, 2), (21, 1)]
    assert {record.levelname for record in caplog.records} == {"WARNING"}


def test_a_year_that_could_not_be_joined_is_tried_again_the_next_night(monkeypatch):
    monkeypatch.setattr(yearly_partitions, "FAILED", set())
    tried = []

    def fail(_one) -> int:
        tried.append(timezone.now())
        raise OperationalError

    monkeypatch.setattr(yearly_partitions, "join_a_year", fail)
    for hour in (
        datetime(2031, 5, 20, 2, tzinfo=UTC),
        datetime(2031, 5, 20, 3, tzinfo=UTC),
        datetime(2031, 5, 21, 1, tzinfo=UTC),
    ):
        monkeypatch.setattr(timezone, "now", lambda hour=hour: hour)
        # Another test may have left the time zone of its user.
        with timezone.override(UTC), suppress(OperationalError):
            assert yearly_partitions.join_finished_year() == 0
    assert [(time.day, time.hour) for time in tried] == [(20, 2), (21, 1)]
