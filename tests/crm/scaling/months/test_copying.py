"""Rows are copied into new partitions while other connections write: none of them waits, and nothing is lost."""

import pytest
from django.db import OperationalError

from crm.scaling.months.yearly_partitions import CopyLost, join_a_year
from tests.crm.scaling.months.things import SLOW, THING, WRITE, in_the_middle_of_copying, names
from tests.waiting import PATIENCE

# Years


@pytest.fixture
def three_rows(ask, a_year):
    """One in March, one in May, one in June of 2030."""
    ask("INSERT INTO thing (at) VALUES ('2030-03-01'), ('2030-05-01'), ('2030-06-01')")
    ask(SLOW)


def test_who_changes_a_row_of_a_year_that_is_being_copied_does_not_wait_and_loses_nothing(ask, three_rows):
    with in_the_middle_of_copying(lambda: join_a_year(THING)) as joining:
        ask("SET lock_timeout = '30s'")
        ask("UPDATE thing SET at = '2030-03-02' WHERE at = '2030-03-01'")
        ask("RESET lock_timeout")
    with pytest.raises(CopyLost, match="changed rows"):
        joining.result(PATIENCE)
    assert "2030_03" in names(ask)
    assert join_a_year(THING) == 12
    assert ask("SELECT at::date::text FROM thing ORDER BY at")[0] == ("2030-03-02",)


def test_a_change_of_rows_that_is_not_done_when_they_are_copied_ends_the_joining_at_once(
    ask, three_rows, other
):
    other.set_autocommit(False)
    with in_the_middle_of_copying(lambda: join_a_year(THING)) as joining, other.cursor() as cursor:
        cursor.execute("DELETE FROM thing WHERE at = '2030-06-01'")
    with pytest.raises(CopyLost):
        joining.result(PATIENCE)
    other.commit()
    assert join_a_year(THING) == 12
    assert ask("SELECT count(*) FROM thing") == [(2,)]


def test_a_row_that_is_added_while_its_year_is_copied_is_in_it(ask, three_rows):
    with in_the_middle_of_copying(lambda: join_a_year(THING)) as joining:
        ask("INSERT INTO thing (at) VALUES ('2030-03-31')")
    assert joining.result(PATIENCE) == 12
    assert ask("SELECT count(*) FROM thing_2030") == [(4,)]


def test_an_exchange_gives_up_at_once_when_others_have_changed_rows_and_are_not_done(ask, a_year, other):
    ((_last, rewritten),) = ask("SELECT * FROM leadwell_quiet('thing')")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE thing SET at = at")
    ask("SET lock_timeout = 100; SET statement_timeout = '45s'")
    try:
        # All its tries take a minute.
        with pytest.raises(OperationalError, match="lock timeout"):
            ask(f"SELECT leadwell_stop('thing', ARRAY['thing_other'], {rewritten}, 20)")
    finally:
        other.rollback()
        ask("RESET lock_timeout; RESET statement_timeout")


# Rows without a month


@pytest.fixture
def without_months(ask):
    """Two rows of this month and one of next month, which have no partitions."""
    ask("SELECT leadwell_watch('thing', 'at')")
    ask("INSERT INTO thing (at) VALUES (now()), (now()), (date_trunc('month', now()) + interval '45 days')")
    ask(SLOW)


def test_others_read_and_write_while_rows_get_their_months_and_none_is_lost(ask, without_months):
    with in_the_middle_of_copying(THING.bring_up_to_date) as emptying:
        ask("SET lock_timeout = '30s'")
        ask(WRITE)
        assert ask("SELECT count(*) FROM thing") == [(4,)]
        ask("RESET lock_timeout")
    emptying.result(PATIENCE)
    assert ask("SELECT count(*) FROM thing") == [(4,)]
    assert ask("SELECT count(*) FROM thing_other") == [(0,)]
    assert len(names(ask)) == 5


def test_a_row_that_is_changed_while_it_gets_its_month_keeps_the_change(ask, without_months):
    with in_the_middle_of_copying(THING.bring_up_to_date) as emptying:
        ask("SET lock_timeout = '30s'")
        ask("DELETE FROM thing WHERE id = 1")
        ask("RESET lock_timeout")
    with pytest.raises(OperationalError, match="changed while they were copied"):
        emptying.result(PATIENCE)
    assert names(ask) == {"other"}
    THING.bring_up_to_date()
    assert ask("SELECT id FROM thing ORDER BY id") == [(2,), (3,)]
    assert ask("SELECT count(*) FROM thing_other") == [(0,)]
