"""Tables by month: every row finds a place, whole months are dropped when they are over, and ids stay unique."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from crm.models import ApiCall, AuditEntry, Change, Token
from crm.platform.database.partitioned_tables import AUDIT, CALLS, CHANGES_TABLE, TABLES, get_month_start
from crm.platform.jobs.housekeeping import STEPS, clean_up
from crm.scaling.months.yearly_partitions import join_a_year

NOW = datetime(2031, 5, 20, 12, tzinfo=UTC)


def names(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM leadwell_partitions(%s)", [table])
        return {name.removeprefix(f"{table}_") for (name,) in cursor.fetchall()}


def kept_in(row: Change) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM crm_change WHERE id = %s", [row.pk])
        return cursor.fetchone()[0].removeprefix("crm_change_")


def change(at: datetime) -> Change:
    return Change.objects.create(table="lead", row=7, version=1, at=at, kind="update", role="x")


@pytest.fixture
def in_2031(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.mark.parametrize("one", TABLES, ids=lambda one: one.table)
def test_this_month_and_the_next_three_have_their_partitions(db, one):
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(until) FROM leadwell_partitions(%s)", [one.table])
        assert cursor.fetchone()[0] == get_month_start(-4)
    assert "other" in names(one.table)


@pytest.mark.parametrize("one", TABLES, ids=lambda one: one.table)
def test_tests_have_few_partitions(db, one):
    assert len(names(one.table)) <= 6


def test_a_row_from_the_past_is_kept_in_the_first_partition(db):
    assert kept_in(change(datetime(1999, 3, 1, tzinfo=UTC))).startswith("until_")


def test_a_row_without_a_month_is_kept_and_gets_its_month_within_the_hour(db):
    row = change(datetime(2044, 1, 31, 23, 59, tzinfo=UTC))
    assert kept_in(row) == "other"
    CHANGES_TABLE.bring_up_to_date()
    assert kept_in(row) == "2044_01"
    assert Change.objects.get(pk=row.pk).at.year == 2044


def test_entries_of_the_audit_log_and_calls_get_their_months_too(db, ada):
    at = datetime(2044, 1, 31, tzinfo=UTC)
    token = Token.objects.create(user=ada, name="x", hash="x", rights=[], addresses=[], created_by=ada)
    entry = AuditEntry.objects.create(at=at, kind="view", via="browser")
    call = ApiCall.objects.create(token=token, at=at, method="GET", path="/", status=200, milliseconds=1)
    for one, row in ((AUDIT, entry), (CALLS, call)):
        one.bring_up_to_date()
        assert "2044_01" in names(one.table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {one.table}_2044_01")
            assert cursor.fetchall() == [(row.pk,)]
    with pytest.raises(ProgrammingError, match="can't be changed"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(kind="search")
    with (
        pytest.raises(ProgrammingError, match="can't be changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE crm_auditentry_2044_01")


def test_changes_are_kept_forever_unless_a_time_is_set(db, in_2031):
    row = change(datetime(2020, 1, 1, tzinfo=UTC))
    CHANGES_TABLE.bring_up_to_date()
    assert CHANGES_TABLE.get_start() is None
    assert Change.objects.filter(pk=row.pk).exists()


def test_whole_months_of_changes_are_dropped_and_the_rest_stays(db, in_2031, settings):
    settings.CHANGES_MONTHS = 12
    days = [datetime(2031, 5, 1), datetime(2030, 5, 1), datetime(2030, 4, 30, 23, 59), datetime(2020, 1, 1)]
    rows = [change(day.replace(tzinfo=UTC)) for day in days]
    CHANGES_TABLE.forget_start()
    CHANGES_TABLE.bring_up_to_date()
    assert [Change.objects.filter(pk=row.pk).exists() for row in rows] == [True, True, False, False]
    assert CHANGES_TABLE.get_start() == datetime(2030, 5, 1, tzinfo=UTC)


def test_a_row_from_before_the_time_that_is_kept_is_taken_and_dropped_later(db, in_2031, settings):
    settings.CHANGES_MONTHS = 12
    CHANGES_TABLE.bring_up_to_date()
    row = change(datetime(2020, 1, 1, tzinfo=UTC))
    assert kept_in(row) == "other"
    CHANGES_TABLE.bring_up_to_date()
    assert not Change.objects.filter(pk=row.pk).exists()


def test_the_current_month_is_never_dropped(db, settings, monkeypatch):
    monkeypatch.setattr(CHANGES_TABLE, "over", lambda: datetime(2999, 1, 1, tzinfo=UTC))
    row = change(timezone.now())
    CHANGES_TABLE.bring_up_to_date()
    assert Change.objects.filter(pk=row.pk).exists()


def test_months_are_made_once(db):
    assert CHANGES_TABLE.bring_up_to_date() == (0, 0)


@pytest.mark.parametrize("one", TABLES, ids=lambda one: one.table)
def test_the_housekeeping_of_the_worker_adds_coming_months_and_drops_those_that_are_over(
    db, one, monkeypatch
):
    last = f"{get_month_start(-3):%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {one.table}_{last}")
        cursor.execute("SELECT name FROM leadwell_partitions(%s) ORDER BY since LIMIT 1", [one.table])
        (first,) = cursor.fetchone()
    assert last not in names(one.table)
    clean_up()
    assert last in names(one.table)
    # A year later, when only a month is kept.
    monkeypatch.setattr(one, "over", lambda: NOW - timedelta(days=30))
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    clean_up([step for step in STEPS if step.__name__ == f"partitions_of_{one.table}"])
    assert "2031_08" in names(one.table)
    assert first.removeprefix(f"{one.table}_") not in names(one.table)


def test_ids_of_several_months_come_from_one_sequence(db):
    rows = [change(timezone.now()), change(datetime(2044, 1, 1, tzinfo=UTC)), change(timezone.now())]
    assert [row.pk - rows[0].pk for row in rows] == [0, 1, 2]


def test_calls_of_programs_are_kept_to_the_day_although_their_months_are_dropped_whole(db, ada, in_2031):
    token = Token.objects.create(user=ada, name="x", hash="x", rights=[], addresses=[], created_by=ada)
    for day in (datetime(2031, 5, 19), datetime(2031, 4, 21), datetime(2031, 4, 20), datetime(2031, 3, 1)):
        ApiCall.objects.create(
            token=token, at=day.replace(tzinfo=UTC), method="GET", path="/", status=200, milliseconds=1
        )
    assert CALLS.bring_up_to_date()[1] >= 1
    assert "2031_04" in names("crm_apicall") or not {"2031_03"} & names("crm_apicall")
    assert ApiCall.objects.expired().count() == 1
    ApiCall.objects.expired().delete()
    assert [call.at.day for call in ApiCall.objects.order_by("at")] == [21, 19]


def test_a_statement_that_changes_rows_is_counted_and_one_that_adds_them_is_not(db):
    def counted() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT leadwell_last('crm_change_rewritten')")
            return cursor.fetchone()[0]

    before = counted()
    row = change(timezone.now())
    assert counted() == before
    Change.objects.filter(pk=row.pk).update(role="y")
    assert counted() == before + 1
    Change.objects.filter(pk=row.pk).delete()
    assert counted() == before + 2


# Years


@pytest.fixture
def years_pass(db, monkeypatch):
    """Every month from 2030 to May 2033 has its partition and a change."""
    rows = []
    for year in (2030, 2031, 2032, 2033):
        for month in range(1, 13 if year < 2033 else 6):
            at = datetime(year, month, 15, tzinfo=UTC)
            monkeypatch.setattr(timezone, "now", lambda at=at: at)
            CHANGES_TABLE.bring_up_to_date()
            rows.append(change(at))
    return rows


def test_the_months_of_a_year_that_is_over_become_one_partition_with_the_same_rows(years_pass):
    before = list(Change.objects.order_by("id").values())
    assert [join_a_year(CHANGES_TABLE) for _ in range(4)] == [12, 12, 12, 0]
    assert list(Change.objects.order_by("id").values()) == before
    assert {"2030", "2031", "2032", "2033_01"} <= names("crm_change")
    assert not any(name.startswith(("2030_", "2031_", "2032_")) for name in names("crm_change"))
    assert kept_in(years_pass[3]) == "2030"


def test_a_joined_year_has_the_indexes_of_the_table(years_pass):
    join_a_year(CHANGES_TABLE)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE i.indrelid = 'crm_change_2030'::regclass), count(DISTINCT h.inhparent),
                   bool_and(p.indisvalid)
               FROM pg_index p JOIN pg_inherits h ON h.inhparent = p.indexrelid JOIN pg_index i ON i.indexrelid = h.inhrelid
               WHERE p.indrelid = 'crm_change'::regclass"""
        )
        assert cursor.fetchone() == (4, 4, True)


def test_the_year_in_which_the_table_was_partitioned_is_joined_too(db, monkeypatch):
    for month in (11, 12):
        monkeypatch.setattr(timezone, "now", lambda month=month: datetime(2030, month, 15, tzinfo=UTC))
        CHANGES_TABLE.bring_up_to_date()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2031, 3, 15, tzinfo=UTC))
    assert join_a_year(CHANGES_TABLE) == 2


def test_a_year_is_not_joined_in_its_first_weeks(db, monkeypatch):
    for month in range(1, 13):
        monkeypatch.setattr(timezone, "now", lambda month=month: datetime(2030, month, 15, tzinfo=UTC))
        CHANGES_TABLE.bring_up_to_date()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2031, 2, 15, tzinfo=UTC))
    assert join_a_year(CHANGES_TABLE) == 0


def test_months_that_will_be_dropped_are_not_joined(years_pass, settings):
    settings.CHANGES_MONTHS = 60
    assert join_a_year(CHANGES_TABLE) == 0


def test_a_row_of_a_joined_year_is_still_taken(years_pass):
    join_a_year(CHANGES_TABLE)
    assert kept_in(change(datetime(2030, 7, 7, tzinfo=UTC))) == "2030"
    CHANGES_TABLE.bring_up_to_date()
    assert "2030_07" not in names("crm_change")
