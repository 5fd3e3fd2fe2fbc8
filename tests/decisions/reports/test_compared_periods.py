"""The days of the period that a report's period is compared with."""

from datetime import date
from typing import NamedTuple

import pytest
from django.http import QueryDict
from django.utils import timezone

from reports.engine.report_periods import BETWEEN, ReportPeriod, parse_period


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def on(monkeypatch):
    """on("2026-05-20") makes this today."""
    return lambda today: monkeypatch.setattr(timezone, "localdate", lambda *_: day(today))


class Compared(NamedTuple):
    first: str
    last: str
    before: tuple[str, str]
    year: tuple[str, str]
    days: int


COMPARISONS = {
    "one day": Compared("2026-05-20", "2026-05-20", ("2026-05-19", "2026-05-19"), ("2025-05-20", "2025-05-20"), 1),
    "two days": Compared("2026-05-19", "2026-05-20", ("2026-05-17", "2026-05-18"), ("2025-05-19", "2025-05-20"), 2),
    "a week from Monday to Sunday": Compared(
        "2026-05-18", "2026-05-24", ("2026-05-11", "2026-05-17"), ("2025-05-18", "2025-05-24"), 7
    ),
    "a week across the turn of the year": Compared(
        "2025-12-29", "2026-01-04", ("2025-12-22", "2025-12-28"), ("2024-12-29", "2025-01-04"), 7
    ),
    "a month of 31 days after one of 28": Compared(
        "2026-03-01", "2026-03-31", ("2026-01-29", "2026-02-28"), ("2025-03-01", "2025-03-31"), 31
    ),
    "a month of 28 days after one of 31": Compared(
        "2026-02-01", "2026-02-28", ("2026-01-04", "2026-01-31"), ("2025-02-01", "2025-02-28"), 28
    ),
    "a month of 30 days": Compared(
        "2026-04-01", "2026-04-30", ("2026-03-02", "2026-03-31"), ("2025-04-01", "2025-04-30"), 30
    ),
    "January after December": Compared(
        "2026-01-01", "2026-01-31", ("2025-12-01", "2025-12-31"), ("2025-01-01", "2025-01-31"), 31
    ),
    "a February with 29 days": Compared(
        "2028-02-01", "2028-02-29", ("2028-01-03", "2028-01-31"), ("2027-02-01", "2027-02-28"), 29
    ),
    "29 February": Compared("2028-02-29", "2028-02-29", ("2028-02-28", "2028-02-28"), ("2027-02-28", "2027-02-28"), 1),
    "from 29 February": Compared(
        "2028-02-29", "2028-03-01", ("2028-02-27", "2028-02-28"), ("2027-02-28", "2027-03-01"), 2
    ),
    "a March after a 29 February": Compared(
        "2028-03-01", "2028-03-01", ("2028-02-29", "2028-02-29"), ("2027-03-01", "2027-03-01"), 1
    ),
    "28 February of the year after a leap year": Compared(
        "2029-02-28", "2029-02-28", ("2029-02-27", "2029-02-27"), ("2028-02-28", "2028-02-28"), 1
    ),
    "a year": Compared("2026-01-01", "2026-12-31", ("2025-01-01", "2025-12-31"), ("2025-01-01", "2025-12-31"), 365),
    "a leap year": Compared(
        "2028-01-01", "2028-12-31", ("2026-12-31", "2027-12-31"), ("2027-01-01", "2027-12-31"), 366
    ),
    "the year after a leap year": Compared(
        "2029-01-01", "2029-12-31", ("2028-01-02", "2028-12-31"), ("2028-01-01", "2028-12-31"), 365
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", ["before", "year"])
def test_a_period_at_the_beginning_of_the_calendar_has_nothing_to_compare_with(how):
    assert ReportPeriod(BETWEEN, day("0001-01-01"), day("0001-01-02")).get_compared_period(how) is None


@pytest.mark.parametrize("case", COMPARISONS.values(), ids=COMPARISONS.keys())
def test_the_period_to_compare_with(case):
    period = ReportPeriod("any", day(case.first), day(case.last))
    assert period.days == case.days
    before, year = period.get_compared_period("before"), period.get_compared_period("year")
    assert (before, year) == (
        ReportPeriod(BETWEEN, *map(day, case.before)),
        ReportPeriod(BETWEEN, *map(day, case.year)),
    )
    # As many days, and no day between the two.
    assert before.days == case.days
    assert (period.first - before.last).days == 1


class OnTheDay(NamedTuple):
    """A period as it is on this day, and the days that it is compared with."""

    name: str
    today: str
    before: tuple[str, str]
    year: tuple[str, str]


OF_THE_CALENDAR = {
    "this month is compared with the same days of last month": OnTheDay(
        "this_month", "2026-11-26", ("2026-10-01", "2026-10-26"), ("2025-11-01", "2025-11-26")
    ),
    "on the first day with the first day": OnTheDay(
        "this_month", "2026-11-01", ("2026-10-01", "2026-10-01"), ("2025-11-01", "2025-11-01")
    ),
    "on 31 March with all of February": OnTheDay(
        "this_month", "2026-03-31", ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")
    ),
    "on 29 March with all of February, too": OnTheDay(
        "this_month", "2026-03-29", ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-29")
    ),
    "on 31 May with the 30 days of April": OnTheDay(
        "this_month", "2026-05-31", ("2026-04-01", "2026-04-30"), ("2025-05-01", "2025-05-31")
    ),
    "on 28 February with as many days of January": OnTheDay(
        "this_month", "2026-02-28", ("2026-01-01", "2026-01-28"), ("2025-02-01", "2025-02-28")
    ),
    "on 29 February, whose last year has none": OnTheDay(
        "this_month", "2028-02-29", ("2028-01-01", "2028-01-29"), ("2027-02-01", "2027-02-28")
    ),
    "in January with December of the year before": OnTheDay(
        "this_month", "2026-01-15", ("2025-12-01", "2025-12-15"), ("2025-01-01", "2025-01-15")
    ),
    "last month is compared with all of the month before it, which is longer": OnTheDay(
        "last_month", "2026-05-20", ("2026-03-01", "2026-03-31"), ("2025-04-01", "2025-04-30")
    ),
    "last month, and the one before is shorter": OnTheDay(
        "last_month", "2026-04-10", ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")
    ),
    "a February is compared with all of a leap year's": OnTheDay(
        "last_month", "2029-03-10", ("2029-01-01", "2029-01-31"), ("2028-02-01", "2028-02-29")
    ),
    "this quarter is compared with the same days of its months": OnTheDay(
        "this_quarter", "2026-05-20", ("2026-01-01", "2026-02-20"), ("2025-04-01", "2025-05-20")
    ),
    "a quarter on a 31st against a shorter month": OnTheDay(
        "this_quarter", "2026-05-31", ("2026-01-01", "2026-02-28"), ("2025-04-01", "2025-05-31")
    ),
    "a quarter on its first day": OnTheDay(
        "this_quarter", "2026-01-01", ("2025-10-01", "2025-10-01"), ("2025-01-01", "2025-01-01")
    ),
    "last quarter is compared with all of the one before": OnTheDay(
        "last_quarter", "2026-11-26", ("2026-04-01", "2026-06-30"), ("2025-07-01", "2025-09-30")
    ),
    "this year is compared with the same days of last year": OnTheDay(
        "this_year", "2026-11-26", ("2025-01-01", "2025-11-26"), ("2025-01-01", "2025-11-26")
    ),
    "a year on its first day": OnTheDay(
        "this_year", "2026-01-01", ("2025-01-01", "2025-01-01"), ("2025-01-01", "2025-01-01")
    ),
    "a year after 29 February has one day more": OnTheDay(
        "this_year", "2028-03-01", ("2027-01-01", "2027-03-01"), ("2027-01-01", "2027-03-01")
    ),
    "last year is compared with all of the year before": OnTheDay(
        "last_year", "2029-05-20", ("2027-01-01", "2027-12-31"), ("2027-01-01", "2027-12-31")
    ),
    "this week is compared with the same weekdays of last week, and of the week a year ago": OnTheDay(
        "this_week", "2026-05-20", ("2026-05-11", "2026-05-13"), ("2025-05-19", "2025-05-21")
    ),
    "a week on its Monday": OnTheDay(
        "this_week", "2026-05-18", ("2026-05-11", "2026-05-11"), ("2025-05-19", "2025-05-19")
    ),
    "last week is compared with the week before it": OnTheDay(
        "last_week", "2026-05-20", ("2026-05-04", "2026-05-10"), ("2025-05-12", "2025-05-18")
    ),
    "the last 30 days aren't of the calendar": OnTheDay(
        "last30", "2026-05-20", ("2026-03-22", "2026-04-20"), ("2025-04-21", "2025-05-20")
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_THE_CALENDAR.values(), ids=OF_THE_CALENDAR.keys())
def test_the_days_that_a_period_of_the_calendar_is_compared_with(case, on):
    on(case.today)
    period = parse_period(QueryDict(f"period={case.name}"))[0]
    assert (period.get_compared_period("before"), period.get_compared_period("year")) == (
        ReportPeriod(BETWEEN, *map(day, case.before)),
        ReportPeriod(BETWEEN, *map(day, case.year)),
    )


NOTHING = {
    "nothing": ("2026-05-18", "2026-05-24", "none"),
    "only the numbers at the top": ("2026-05-18", "2026-05-24", "top"),
    "an unknown way": ("2026-05-18", "2026-05-24", "month"),
    "all time": (None, None, "before"),
    "all time a year ago": (None, None, "year"),
    "no first day": (None, "2026-05-24", "before"),
    "no last day": ("2026-05-18", None, "year"),
    "longer than all time before": ("0900-01-01", "2026-05-24", "before"),
}


@pytest.mark.parametrize(("first", "last", "how"), NOTHING.values(), ids=NOTHING.keys())
def test_what_is_compared_with_nothing(first, last, how):
    period = ReportPeriod("any", first and day(first), last and day(last))
    assert period.get_compared_period(how) is None
    if not (first and last):
        assert period.days == 0
