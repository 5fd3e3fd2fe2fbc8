"""The SQL function says when working time has passed exactly as the calendar in Python does."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import Department, Holiday
from accounts.working_time.calendar import Calendars, replace_week
from accounts.working_time.working_time_sql import build_working_after_sql

# With summer time, at other times of the year, by half an hour, and none.
ZONES = ["Europe/Bucharest", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata"]
# Around both changes of the clock in 2026, and in between.
DAYS = [date(2026, 3, 27), date(2026, 10, 23), date(2026, 4, 3), date(2026, 9, 25), date(2026, 12, 24)]


def in_sql(department: int, start: datetime, early: timedelta, late: timedelta) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM leadwell_working_after(%s, %s, %s, %s)", [department, start, early, late]
        )
        return cursor.fetchone()


def some_week(chance: random.Random) -> dict:
    """Some days; often at night, when clocks change, and often the whole day."""
    week = {}
    for weekday in chance.sample(range(7), chance.randint(1, 7)):
        opens = time(chance.randint(0, 22), chance.choice([0, 0, 15, 30]))
        closes = chance.choice([time(23, 59), time(opens.hour + 1, chance.choice([0, 30])), time(23)])
        week[weekday] = (opens, closes) if closes > opens else (time(2, 30), time(3, 30))
    return week


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", range(4))
def test_the_function_and_the_calendar_agree_on_random_calendars(zone, seed, db):
    chance = random.Random(f"{zone} {seed}")
    with connection.cursor() as cursor:
        cursor.execute(build_working_after_sql(f"'{zone}'"))
    for number in range(6):
        department = Department.objects.create(name=f"Team {number}")
        if number:
            replace_week(department, some_week(chance))
        day = chance.choice(DAYS)
        for off in chance.sample(range(12), 3):
            everyone = chance.random() < 0.3
            Holiday.objects.get_or_create(
                day=day + timedelta(days=off), department=None if everyone else department
            )
        calendar = Calendars().get_for_department(department.pk, ZoneInfo(zone))
        for _start in range(8):
            start = datetime.combine(day, time(), UTC) + timedelta(
                microseconds=chance.randrange(5 * 86_400 * 10**6)
            )
            late = timedelta(minutes=chance.choice([1, 30, 60, 90, 480, chance.randint(1, 6_000)]))
            early = late * 3 / 4
            due = calendar.add_working_time(start, late)
            expected = (calendar.add_working_time(start, early) if due else None, due)
            assert in_sql(department.pk, start, early, late) == expected


def test_working_time_that_ends_with_the_day_is_due_when_the_day_ends(departments):
    # 9:00 to 17:00 in Bucharest, two hours ahead of UTC in winter.
    start, six, eight = datetime(2026, 3, 27, 7, tzinfo=UTC), timedelta(hours=6), timedelta(hours=8)
    assert in_sql(departments.sales.pk, start, six, eight) == (start + six, start + eight)


def test_nothing_is_due_if_that_takes_longer_than_a_year(departments):
    replace_week(departments.sales, {0: (time(9), time(10))})
    start = datetime(2026, 3, 27, 9, tzinfo=UTC)
    assert in_sql(departments.sales.pk, start, timedelta(hours=9), timedelta(hours=70)) == (None, None)
    calendar = Calendars().get_for_department(departments.sales.pk)
    assert calendar.add_working_time(start, timedelta(hours=70)) is None


def test_the_time_zone_of_the_session_changes_nothing(departments):
    replace_week(departments.sales, {day: (time(0), time(23, 59)) for day in range(7)})
    start, late = datetime(2026, 10, 24, 12, tzinfo=UTC), timedelta(hours=40)
    found = in_sql(departments.sales.pk, start, late * 3 / 4, late)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Europe/Bucharest'")
    assert in_sql(departments.sales.pk, start, late * 3 / 4, late) == found
