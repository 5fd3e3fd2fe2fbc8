"""The days on which all tests run at night."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.hard.running import Leadwell
from tests.other_days.days import DAYS, TIME_ZONE, get_name_for_night, get_next_moment

NEXT = {
    "new_year": ("2026-12-01", "2027-01-01 00:10"),
    "first_of_month": ("2026-12-01", "2027-02-01 09:00"),
    "last_of_month": ("2026-12-31", "2027-01-31 23:00"),
    "end_of_february": ("2026-12-01", "2027-02-28 00:30"),
    "leap_day": ("2026-12-01", "2028-02-29 12:00"),
    "clocks_forward": ("2026-12-01", "2027-03-28 04:30"),
    "clocks_back": ("2026-12-01", "2027-10-31 04:30"),
    "monday_morning": ("2026-12-01", "2026-12-07 00:05"),
    "sunday_evening": ("2026-12-06", "2026-12-13 22:00"),
}


@pytest.mark.parametrize("name", DAYS)
def test_each_day_is_the_next_one_after_today(name):
    today, expected = NEXT[name]
    moment = get_next_moment(name, date.fromisoformat(today))
    assert moment == datetime.strptime(expected, "%Y-%m-%d %H:%M").replace(tzinfo=TIME_ZONE)


def test_each_day_has_its_night():
    nights = [date(2026, 12, 1) + timedelta(days=number) for number in range(len(DAYS))]
    assert {get_name_for_night(night) for night in nights} == set(DAYS)


def test_a_running_leadwell_has_the_day_of_its_tests(monkeypatch):
    clock = {"LD_PRELOAD": "/tmp/clock_shift.so", "CLOCK_SHIFT": "86400"}
    for name in clock:
        monkeypatch.delenv(name, raising=False)
    assert not clock.keys() & Leadwell(Path("data")).environment.keys()
    for name, value in clock.items():
        monkeypatch.setenv(name, value)
    assert clock.items() <= Leadwell(Path("data")).environment.items()
