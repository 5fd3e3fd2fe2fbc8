"""The first and the last day of a report's period, and of the period that it is compared with."""

from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.fields import periods
from leads.models import Lead
from reports.periods import BETWEEN, COMPARED, DEFAULT, LABELS, Period, read_period


def day(text: str) -> date:
    return date.fromisoformat(text)


# Of each period, the first and the last day on this day.
ORDINARY, NEW_YEAR, LEAP, AFTER_LEAP, MONTH_END, LAST = (
    "2026-05-20", "2026-01-01", "2028-02-29", "2028-03-01", "2026-03-31", "2026-12-31",
)  # fmt: skip
DAYS = {
    "last7": {
        ORDINARY: ("2026-05-14", "2026-05-20"),
        NEW_YEAR: ("2025-12-26", "2026-01-01"),
        AFTER_LEAP: ("2028-02-24", "2028-03-01"),
    },
    "last30": {ORDINARY: ("2026-04-21", "2026-05-20"), MONTH_END: ("2026-03-02", "2026-03-31")},
    "last90": {ORDINARY: ("2026-02-20", "2026-05-20"), LEAP: ("2027-12-02", "2028-02-29")},
    "last365": {
        ORDINARY: ("2025-05-21", "2026-05-20"),
        # With 29 February, a year has one day more.
        AFTER_LEAP: ("2027-03-03", "2028-03-01"),
    },
    "this_week": {
        # A Wednesday.
        ORDINARY: ("2026-05-18", "2026-05-20"),
        "2026-05-18": ("2026-05-18", "2026-05-18"),
        "2026-05-24": ("2026-05-18", "2026-05-24"),
        NEW_YEAR: ("2025-12-29", "2026-01-01"),
    },
    "last_week": {
        ORDINARY: ("2026-05-11", "2026-05-17"),
        NEW_YEAR: ("2025-12-22", "2025-12-28"),
    },
    "this_quarter": {
        ORDINARY: ("2026-04-01", "2026-05-20"),
        NEW_YEAR: ("2026-01-01", "2026-01-01"),
        MONTH_END: ("2026-01-01", "2026-03-31"),
        LAST: ("2026-10-01", "2026-12-31"),
    },
    "last_quarter": {
        ORDINARY: ("2026-01-01", "2026-03-31"),
        NEW_YEAR: ("2025-10-01", "2025-12-31"),
        LAST: ("2026-07-01", "2026-09-30"),
    },
    "this_month": {
        ORDINARY: ("2026-05-01", "2026-05-20"),
        NEW_YEAR: ("2026-01-01", "2026-01-01"),
        LEAP: ("2028-02-01", "2028-02-29"),
        MONTH_END: ("2026-03-01", "2026-03-31"),
    },
    "last_month": {
        ORDINARY: ("2026-04-01", "2026-04-30"),
        NEW_YEAR: ("2025-12-01", "2025-12-31"),
        AFTER_LEAP: ("2028-02-01", "2028-02-29"),
        MONTH_END: ("2026-02-01", "2026-02-28"),
        LAST: ("2026-11-01", "2026-11-30"),
    },
    "this_year": {
        ORDINARY: ("2026-01-01", "2026-05-20"),
        NEW_YEAR: ("2026-01-01", "2026-01-01"),
        LEAP: ("2028-01-01", "2028-02-29"),
        MONTH_END: ("2026-01-01", "2026-03-31"),
        LAST: ("2026-01-01", "2026-12-31"),
    },
    "last_year": {
        ORDINARY: ("2025-01-01", "2025-12-31"),
        NEW_YEAR: ("2025-01-01", "2025-12-31"),
        LEAP: ("2027-01-01", "2027-12-31"),
    },
}
ROWS = [
    pytest.param(name, today, first, last, id=f"{name} on {today}")
    for name, on in DAYS.items()
    for today, (first, last) in on.items()
]


@pytest.fixture
def on(monkeypatch):
    """on("2026-05-20") makes this today."""
    return lambda today: monkeypatch.setattr(timezone, "localdate", lambda *_: day(today))


@pytest.mark.parametrize(("name", "today", "first", "last"), ROWS)
def test_the_days_of_a_period(name, today, first, last, on):
    on(today)
    period, errors = read_period(QueryDict(f"period={name}"))
    assert (period, errors) == (Period(name, day(first), day(last)), [])


@pytest.mark.parametrize("name", ["last7", "last30", "last90", "last365"])
@pytest.mark.parametrize("today", [ORDINARY, NEW_YEAR, LEAP, AFTER_LEAP, MONTH_END, LAST])
def test_the_last_days_are_as_many_as_their_name_says(name, today, on):
    on(today)
    assert read_period(QueryDict(f"period={name}"))[0].days == int(name.removeprefix("last"))


LISTS = {
    "today": ("2026-05-20", "2026-05-20"),
    "yesterday": ("2026-05-19", "2026-05-19"),
    "overdue": (None, "2026-05-19"),
    "next7": ("2026-05-20", "2026-05-26"),
    "later": ("2026-05-27", None),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_days_of_a_period_of_lists(name, on):
    on(ORDINARY)
    first, last = periods.days(name)
    assert (first and first.isoformat(), last and last.isoformat()) == LISTS[name]


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


@pytest.mark.parametrize("case", COMPARISONS.values(), ids=COMPARISONS.keys())
def test_the_period_to_compare_with(case):
    period = Period("any", day(case.first), day(case.last))
    assert period.days == case.days
    before, year = period.compared("before"), period.compared("year")
    assert (before, year) == (
        Period(BETWEEN, *map(day, case.before)),
        Period(BETWEEN, *map(day, case.year)),
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
    period = read_period(QueryDict(f"period={case.name}"))[0]
    assert (period.compared("before"), period.compared("year")) == (
        Period(BETWEEN, *map(day, case.before)),
        Period(BETWEEN, *map(day, case.year)),
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
    period = Period("any", first and day(first), last and day(last))
    assert period.compared(how) is None
    if not (first and last):
        assert period.days == 0


READ = {
    "no period is the usual one": ("", DEFAULT, ""),
    "an empty one, too": ("period=", DEFAULT, ""),
    "a known one": ("period=last7", "last7", ""),
    "all time": ("period=all", "all", ""),
    "an unknown one": ("period=last8", DEFAULT, "This period isn’t available. Choose one from the list."),
    "one of lists that reports don't have": (
        "period=overdue",
        DEFAULT,
        "This period isn’t available. Choose one from the list.",
    ),
    "two days": ("period=between&from=2026-05-18&to=2026-05-24", BETWEEN, ""),
    "one day twice": ("period=between&from=2026-05-18&to=2026-05-18", BETWEEN, ""),
    "the last day before the first one": (
        "period=between&from=2026-05-18&to=2026-05-17",
        DEFAULT,
        "The period ends before it begins. Enter a later last day.",
    ),
    "no last day": (
        "period=between&from=2026-05-18",
        DEFAULT,
        "Enter the first and the last day of the period.",
    ),
    "no first day": (
        "period=between&to=2026-05-18",
        DEFAULT,
        "Enter the first and the last day of the period.",
    ),
    "no days": ("period=between", DEFAULT, "Enter the first and the last day of the period."),
    "the first year": ("period=between&from=1900-01-01&to=1900-01-02", BETWEEN, ""),
    "a day before the first year": (
        "period=between&from=1899-12-31&to=1900-01-02",
        DEFAULT,
        "Enter days from the year 1900 on.",
    ),
    "days without the word between don't count": ("period=last7&from=2026-05-18&to=2026-05-24", "last7", ""),
}


@pytest.mark.parametrize(("address", "name", "error"), READ.values(), ids=READ.keys())
def test_the_period_of_an_address(address, name, error, on):
    on(ORDINARY)
    period, errors = read_period(QueryDict(address))
    assert (period.name, [str(one) for one in errors]) == (name, [error] if error else [])
    if name == DEFAULT:
        assert (period.first, period.last) == (day("2026-02-20"), day("2026-05-20"))
    if name == BETWEEN:
        data = QueryDict(address)
        assert (period.first, period.last) == (day(data["from"]), day(data["to"]))
    if name == "all":
        assert (period.first, period.last) == (None, None)


def test_every_period_and_comparison_has_a_row():
    assert {*DAYS, "all", BETWEEN} == {*LABELS}
    assert {*COMPARED} == {"none", "top", "before", "year"}


MOMENTS = {
    "the first moment of the first day": ("2026-05-17T21:00:00", True),
    "the moment before it": ("2026-05-17T20:59:59", False),
    "the last moment of the last day": ("2026-05-24T20:59:59", True),
    "the first moment of the next day": ("2026-05-24T21:00:00", False),
}


@pytest.mark.parametrize(("moment", "within"), MOMENTS.values(), ids=MOMENTS.keys())
def test_which_moments_are_in_a_period(moment, within, make_lead):
    """In Bucharest, where a day begins three hours before the day of Greenwich does."""
    lead = make_lead(created_at=datetime.fromisoformat(moment).replace(tzinfo=UTC))
    with timezone.override("Europe/Bucharest"):
        period = Period(BETWEEN, day("2026-05-18"), day("2026-05-24"))
        assert list(Lead.objects.filter(period.of("created_at"))) == ([lead] if within else [])
