"""What is due on a day for an automation by the clock: working days, holidays, time zones and changes of the clock."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from accounts.working_time.calendar import USUAL_WEEK, WorkingCalendar
from automations.definition.wait_step import DAYS, HOURS, WORKING_DAYS, Wait
from automations.models import Automation
from automations.running.clock_days import (
    NO_DAYS,
    Days,
    get_days_that_end_on,
    get_due_days,
    get_looks,
    get_next_look,
    join_days,
)

BUCHAREST, NEW_YORK = ZoneInfo("Europe/Bucharest"), ZoneInfo("America/New_York")
# In 2026: 26 November is a Thursday, 30 November and 1 December are holidays here.
HOLIDAYS = frozenset({date(2026, 11, 30), date(2026, 12, 1)})


def build_calendar(zone=BUCHAREST, holidays=frozenset(), week=USUAL_WEEK) -> WorkingCalendar:
    return WorkingCalendar(week, frozenset(holidays), zone)


def nov(day: int) -> date:
    return date(2026, 11, day)


# The day of the look, the number of working days, the holidays; the days after which so many working days end on it.
ENDING = {
    "one day, on a Wednesday": (nov(25), 1, (), Days(nov(24), nov(24))),
    "one day, on a Monday: the whole weekend": (nov(23), 1, (), Days(nov(20), nov(22))),
    "one day, on a Tuesday": (nov(24), 1, (), Days(nov(23), nov(23))),
    "five days, on a Wednesday": (nov(25), 5, (), Days(nov(18), nov(18))),
    "five days, on a Friday: the weekend before last counts": (nov(27), 5, (), Days(nov(20), nov(22))),
    "two days, over holidays after a weekend": (date(2026, 12, 2), 2, HOLIDAYS, Days(nov(26), nov(26))),
    "one day, after holidays and a weekend": (
        date(2026, 12, 2),
        1,
        HOLIDAYS,
        Days(nov(27), date(2026, 12, 1)),
    ),
    "on a Saturday nothing is due": (nov(28), 1, (), None),
    "on a holiday nothing is due": (nov(30), 1, HOLIDAYS, None),
}


@pytest.mark.parametrize(("day", "count", "holidays", "expected"), ENDING.values(), ids=ENDING)
def test_the_days_after_which_working_days_end(day, count, holidays, expected):
    found = get_days_that_end_on(build_calendar(holidays=holidays), day, count)
    assert (found or None) == expected


@pytest.mark.parametrize("count", [1, 2, 5, 20])
def test_each_day_ends_on_exactly_the_day_that_the_calendar_counts(count):
    """Of 60 days, none is due twice or never."""
    calendar = build_calendar(holidays=HOLIDAYS)
    for number in range(60):
        day = date.fromordinal(nov(1).toordinal() + number)
        due = calendar.add_working_days(day, count)
        for other in range(-3, 4):
            looked = date.fromordinal(due.toordinal() + other)
            found = get_days_that_end_on(calendar, looked, count)
            assert (bool(found) and found.first <= day <= found.last) is (looked == due)


def test_a_calendar_without_working_days_has_nothing_due():
    assert not get_days_that_end_on(build_calendar(week={}), nov(25), 5)


def by_clock(trigger: str, **values) -> Automation:
    return Automation(trigger=trigger, trigger_values={"time": "08:00", **values})


# The trigger, the day of the look; what is due on it.
DUE = {
    "three days before a date": (by_clock("date", side="before", days=3), nov(25), Days(nov(28), nov(28))),
    "on the date": (by_clock("date", side="on", days=0), nov(25), Days(nov(25), nov(25))),
    "two days after a date, over a month": (
        by_clock("date", side="after", days=2),
        nov(1),
        Days(date(2026, 10, 30), date(2026, 10, 30)),
    ),
    "a date on a weekend": (by_clock("date", side="on", days=0), nov(28), Days(nov(28), nov(28))),
    "quiet for one whole working day": (by_clock("quiet", quiet=1), nov(25), Days(nov(23), nov(23))),
    "quiet for one, on a Tuesday: since Friday": (
        by_clock("quiet", quiet=1),
        nov(24),
        Days(nov(20), nov(22)),
    ),
    "overdue for one working day": (by_clock("task_overdue", days=1), nov(25), Days(nov(24), nov(24))),
}


@pytest.mark.parametrize(("automation", "day", "expected"), DUE.values(), ids=DUE)
def test_what_is_due_on_a_day(automation, day, expected):
    assert get_due_days(automation, build_calendar(), day) == expected


# What is due on each of several days of looks; what is due in all.
JOINED = {
    "no looks": ([], None),
    "none of them has anything due": ([NO_DAYS, NO_DAYS], None),
    "the days of one look": ([Days(nov(20), nov(22))], Days(nov(20), nov(22))),
    "from the first to the last one": (
        [Days(nov(20), nov(22)), Days(nov(23), nov(24))],
        Days(nov(20), nov(24)),
    ),
    "in whatever order": ([Days(nov(23), nov(24)), Days(nov(20), nov(22))], Days(nov(20), nov(24))),
    "looks without anything due before and after": (
        [NO_DAYS, Days(nov(20), nov(22)), NO_DAYS],
        Days(nov(20), nov(22)),
    ),
}


@pytest.mark.parametrize(("parts", "expected"), JOINED.values(), ids=JOINED)
def test_what_is_due_in_several_looks(parts, expected):
    assert (join_days(parts) or None) == expected


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


# The zone, the time, and from when to when; the days that are looked at.
LOOKS = {
    "before its time": (BUCHAREST, "08:00", at(25, 4), at(25, 5, 59), []),
    "at its time": (BUCHAREST, "08:00", at(25, 4), at(25, 6), [25]),
    "not twice": (BUCHAREST, "08:00", at(25, 6), at(25, 23), []),
    "in another time zone": (NEW_YORK, "08:00", at(25, 4), at(25, 13), [25]),
    "a day that has begun elsewhere": (NEW_YORK, "23:00", at(25, 0), at(25, 4), [24]),
    "after three days without a worker": (BUCHAREST, "08:00", at(22, 6), at(25, 7), [23, 24, 25]),
}


@pytest.mark.parametrize(("zone", "clock", "after", "until", "days"), LOOKS.values(), ids=LOOKS)
def test_the_days_whose_time_has_come(zone, clock, after, until, days):
    automation = Automation(trigger="daily", trigger_values={"time": clock, "on": "each_day"})
    assert [day.day for day in get_looks(automation, build_calendar(zone), after, until)] == days


# The clock goes back on 25 October 2026 in Bucharest, and forward on 29 March.
NEXT = {
    "the same day": ("08:00", at(25, 5), at(25, 6)),
    "exactly then: the next day": ("08:00", at(25, 6), at(26, 6)),
    "over the end of summer time": ("08:00", at(24, 5, month=10), at(25, 6, month=10)),
    "a time that the clock shows twice": ("03:30", at(24, 12, month=10), at(25, 1, 30, month=10)),
    "a time that the clock skips": ("03:30", at(28, 12, month=3), at(29, 1, 30, month=3)),
    "midnight": ("00:00", at(25, 5), at(25, 22)),
}


@pytest.mark.parametrize(("clock", "after", "expected"), NEXT.values(), ids=NEXT)
def test_when_an_automation_looks_next(clock, after, expected):
    automation = Automation(trigger="daily", trigger_values={"time": clock, "on": "each_day"})
    assert get_next_look(automation, build_calendar(), after) == expected


# The number and unit, the moment; when the wait is over.
WAITS = {
    "hours": (3, HOURS, at(25, 22), at(26, 1)),
    "hours over the end of summer time": (24, HOURS, at(24, 12, month=10), at(25, 12, month=10)),
    "days over the end of summer time": (1, DAYS, at(24, 12, month=10), at(25, 13, month=10)),
    "days over a weekend": (2, DAYS, at(27, 12), at(29, 12)),
    "working days over a weekend": (2, WORKING_DAYS, at(27, 12), at(1, 12, month=12)),
    "a working day from a Sunday": (1, WORKING_DAYS, at(29, 12), at(30, 12)),
}


@pytest.mark.parametrize(("number", "unit", "start", "end"), WAITS.values(), ids=WAITS)
def test_when_a_wait_is_over(number, unit, start, end):
    assert Wait(number, unit, build_calendar()).get_end(start) == end


def test_holidays_make_a_wait_longer():
    wait = Wait(1, WORKING_DAYS, build_calendar(holidays=HOLIDAYS))
    assert wait.get_end(at(27, 12)) == at(2, 12, month=12)
    assert time(14) == wait.get_end(at(27, 12)).astimezone(BUCHAREST).time()
