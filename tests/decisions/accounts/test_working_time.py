"""When so much working time has passed, and when work begins next: by the hours and holidays of a calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.working_time.calendar import USUAL_WEEK, WorkingCalendar

# Thursday, 26 November 2026, is a holiday. The calendar's clock is that of UTC.
CALENDAR = WorkingCalendar(USUAL_WEEK, frozenset({date(2026, 11, 26)}), ZoneInfo("UTC"))
NEVER = WorkingCalendar({}, frozenset(), ZoneInfo("UTC"))
MOMENTS = {"Mon": 23, "Tue": 24, "Wed": 25, "Thu": 26, "Fri": 27, "Sat": 28, "next Mon": 30}


def at(text: str) -> datetime:
    """Of "Mon 10:00"."""
    day, clock = text.rsplit(" ", 1)
    return datetime.combine(date(2026, 11, MOMENTS[day]), time.fromisoformat(clock), UTC)


# From when, how many minutes of work, and when they have passed. Work is from 9:00 to 17:00.
PASSED = {
    "within a day": ("Mon 10:00", 90, "Mon 11:30"),
    "before work begins": ("Mon 07:00", 60, "Mon 10:00"),
    "after work has ended": ("Mon 18:00", 60, "Tue 10:00"),
    "until the last minute of the day": ("Mon 16:00", 60, "Mon 17:00"),
    "one minute more": ("Mon 16:00", 61, "Tue 09:01"),
    "a whole day": ("Mon 09:00", 480, "Mon 17:00"),
    "two whole days": ("Mon 09:00", 960, "Tue 17:00"),
    "over a holiday": ("Wed 16:00", 120, "Fri 10:00"),
    "over a weekend": ("Fri 16:30", 60, "next Mon 09:30"),
    "none, while work goes on": ("Mon 10:00", 0, "Mon 10:00"),
}


@pytest.mark.parametrize(("start", "minutes", "end"), PASSED.values(), ids=PASSED)
def test_when_so_much_working_time_has_passed(start, minutes, end):
    assert CALENDAR.add_working_time(at(start), timedelta(minutes=minutes)) == at(end)


# A moment, and when work begins next.
OPENINGS = {
    "while work goes on": ("Mon 10:00", "Mon 10:00"),
    "when it begins": ("Mon 09:00", "Mon 09:00"),
    "in its last instant": ("Mon 16:59:59.999999", "Mon 16:59:59.999999"),
    "when it ends": ("Mon 17:00", "Tue 09:00"),
    "the evening before a holiday": ("Wed 18:00", "Fri 09:00"),
    "at the weekend": ("Sat 12:00", "next Mon 09:00"),
}


@pytest.mark.parametrize(("start", "opening"), OPENINGS.values(), ids=OPENINGS)
def test_when_work_begins_next(start, opening):
    assert CALENDAR.get_next_opening(at(start)) == at(opening)


def test_without_a_working_day_no_time_passes():
    assert NEVER.add_working_time(at("Mon 09:00"), timedelta(minutes=1)) is None
    assert NEVER.get_next_opening(at("Mon 09:00")) is None


# Two moments, and the hours of work between them.
BETWEEN = {
    "within a day": ("Mon 10:00", "Mon 12:00", 2),
    "before and after work": ("Mon 07:00", "Mon 19:00", 8),
    "over a night": ("Mon 16:00", "Tue 10:00", 2),
    "over a holiday": ("Wed 16:00", "Fri 10:00", 2),
    "after work has ended": ("Mon 18:00", "Mon 20:00", 0),
    "the other way round": ("Mon 12:00", "Mon 10:00", 0),
}


@pytest.mark.parametrize(("start", "end", "hours"), BETWEEN.values(), ids=BETWEEN)
def test_the_working_time_between_two_moments(start, end, hours):
    assert CALENDAR.get_working_time(at(start), at(end)) == timedelta(hours=hours)


OPEN = {
    "when work begins": ("Mon 09:00", True),
    "a minute before": ("Mon 08:59", False),
    "the last minute": ("Mon 16:59", True),
    "when work ends": ("Mon 17:00", False),
    "on a holiday": ("Thu 10:00", False),
    "at the weekend": ("Sat 10:00", False),
}


@pytest.mark.parametrize(("moment", "is_open"), OPEN.values(), ids=OPEN)
def test_whether_it_is_working_time(moment, is_open):
    assert CALENDAR.is_open(at(moment)) is is_open


# A day, a number of working days, and the day that many later; none is the next working day from that day on.
LATER = {
    "a working day": ("Mon", 0, "Mon"),
    "a holiday": ("Thu", 0, "Fri"),
    "the weekend": ("Sat", 0, "next Mon"),
    "one later": ("Mon", 1, "Tue"),
    "one later, over a holiday": ("Wed", 1, "Fri"),
    "two later, over a holiday and a weekend": ("Wed", 2, "next Mon"),
}


@pytest.mark.parametrize(("day", "count", "later"), LATER.values(), ids=LATER)
def test_working_days_later(day, count, later):
    first = CALENDAR.get_next_working_day(at(f"{day} 00:00").date())
    assert CALENDAR.add_working_days(first, count) == at(f"{later} 00:00").date()


# The day, the time that a clock in Bucharest shows, and the moment in UTC.
CLOCKS = {
    "in winter": (date(2026, 11, 23), time(9), datetime(2026, 11, 23, 7, tzinfo=UTC)),
    "in summer": (date(2026, 6, 22), time(9), datetime(2026, 6, 22, 6, tzinfo=UTC)),
    "a time that it shows twice is the later one": (
        date(2026, 10, 25),
        time(3, 30),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ),
    "a time that it skips is the later one": (
        date(2026, 3, 29),
        time(3, 30),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize(("day", "clock", "moment"), CLOCKS.values(), ids=CLOCKS)
def test_the_moment_of_a_time_on_the_clock(day, clock, moment):
    found = WorkingCalendar(USUAL_WEEK, frozenset(), ZoneInfo("Europe/Bucharest"))
    assert found.get_moment(day, clock) == moment
