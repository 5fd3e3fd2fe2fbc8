"""How many days someone worked, by hand: holidays, absences, half days, and days before and after being a user."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from accounts.working_time.calendar import USUAL_WEEK, WorkingCalendar
from accounts.working_time.working_days import DaySpan, WorkingDays, get_day_share, subtract_spans

# 4 May 2026 is a Monday.
MAY = {day: date(2026, 5, day) for day in range(1, 32)}
ALWAYS = DaySpan(date(2020, 1, 1), date.max)
SHORT_FRIDAY = USUAL_WEEK | {4: (time(9), time(13))}
LONG_FRIDAY = USUAL_WEEK | {4: (time(9), time(13, 30))}


def span(first: int, last: int) -> DaySpan:
    return DaySpan(MAY[first], MAY[last])


class Case(NamedTuple):
    name: str
    period: DaySpan
    worked: str
    away: tuple[DaySpan, ...] = ()
    holidays: tuple[date, ...] = ()
    week: dict = USUAL_WEEK
    employed: tuple[DaySpan, ...] = (ALWAYS,)


CASES = [
    Case("a week", span(4, 10), "5"),
    Case("two weeks and a weekend before", span(2, 15), "10"),
    Case("a week with a holiday", span(4, 10), "4", holidays=(MAY[6],)),
    Case("a holiday on a Sunday takes nothing", span(4, 10), "5", holidays=(MAY[10],)),
    Case("an absence over a weekend", span(4, 17), "8", away=(span(8, 11),)),
    Case("a holiday within an absence counts once", span(4, 10), "3", away=(span(5, 6),), holidays=(MAY[6],)),
    Case("absences that overlap count once", span(4, 10), "2", away=(span(4, 5), span(5, 6))),
    Case("an absence from before the period until after it", span(11, 15), "0", away=(span(4, 20),)),
    Case("an absence outside the period", span(4, 8), "5", away=(span(11, 15),)),
    Case("a half day", span(4, 10), "4.5", week=SHORT_FRIDAY),
    Case("an absence on a half day", span(4, 10), "4", away=(span(8, 8),), week=SHORT_FRIDAY),
    Case("more than half of the longest day is a whole day", span(4, 10), "5", week=LONG_FRIDAY),
    Case("added on the Wednesday", span(4, 10), "3", employed=(DaySpan(MAY[6], date.max),)),
    Case("deactivated on the Tuesday", span(4, 10), "2", employed=(DaySpan(MAY[1], MAY[5]),)),
    Case("reactivated", span(4, 15), "5", employed=(span(1, 5), span(13, 31))),
    Case("added after the period", span(4, 10), "0", employed=(span(11, 31),)),
    Case("no working day in the week of the department", span(4, 10), "0", week={}),
    Case("a weekend", span(9, 10), "0"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_working_days_are_those_of_the_example(case):
    calendar = WorkingCalendar(case.week, frozenset(case.holidays), ZoneInfo("Europe/Bucharest"))
    assert WorkingDays(calendar, case.period).count(case.employed, case.away) == Decimal(case.worked)


def test_whole_and_half_days_are_the_days_with_hours_of_the_calendar():
    calendar = WorkingCalendar(SHORT_FRIDAY, frozenset({MAY[6]}), ZoneInfo("Europe/Bucharest"))
    for day in MAY.values():
        assert (get_day_share(calendar, day) > 0) is (calendar.get_hours(day) is not None)
    assert calendar.get_working_time(
        datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 5, 10, tzinfo=UTC)
    ).total_seconds() == 3600 * (3 * 8 + 4)


def test_the_days_that_are_left_are_those_of_no_absence():
    assert subtract_spans([span(1, 10)], [span(1, 2), span(5, 5), span(9, 12)]) == [span(3, 4), span(6, 8)]
    assert subtract_spans([span(3, 4)], [span(1, 10)]) == []
