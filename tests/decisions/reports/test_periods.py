"""The first and the last day of a report's period."""

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.fields.conditions import periods
from crm.platform.web.rendering.day_input import replace_day_words
from leads.models import Lead
from reports.engine.report_periods import (
    BETWEEN,
    COMPARISON_LABELS,
    DEFAULT,
    ENDS,
    LABELS,
    ReportPeriod,
    parse_period,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


# Of each period, the first and the last day on this day.
ORDINARY, NEW_YEAR, LEAP, AFTER_LEAP, MONTH_END, LAST = (
    "2026-05-20", "2026-01-01", "2028-02-29", "2028-03-01", "2026-03-31", "2026-12-31",
)  # fmt: skip
DAYS = {
    "today": {ORDINARY: ("2026-05-20", "2026-05-20"), NEW_YEAR: ("2026-01-01", "2026-01-01")},
    "yesterday": {
        ORDINARY: ("2026-05-19", "2026-05-19"),
        NEW_YEAR: ("2025-12-31", "2025-12-31"),
        AFTER_LEAP: ("2028-02-29", "2028-02-29"),
    },
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
    period, errors = parse_period(QueryDict(f"period={name}"))
    assert (period, errors) == (ReportPeriod(name, day(first), day(last)), [])


@pytest.mark.parametrize("name", ["last7", "last30", "last90", "last365"])
@pytest.mark.parametrize("today", [ORDINARY, NEW_YEAR, LEAP, AFTER_LEAP, MONTH_END, LAST])
def test_the_last_days_are_as_many_as_their_name_says(name, today, on):
    on(today)
    assert parse_period(QueryDict(f"period={name}"))[0].days == int(name.removeprefix("last"))


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
    first, last = periods.get_period_days(name)
    assert (first and first.isoformat(), last and last.isoformat()) == LISTS[name]


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
        "The period ends before it begins. Enter a later end.",
    ),
    "days without a period": ("from=2026-05-18&to=2026-05-24", BETWEEN, ""),
    "days with an empty period": ("period=&from=2026-05-18&to=2026-05-24", BETWEEN, ""),
    "a day without a period": ("to=2026-05-18", DEFAULT, "Enter the first and the last day of the period."),
    "days beside another period": ("period=last7&from=2026-05-18&to=2026-05-24", "last7", ""),
    "no period": ("from=&to=+", DEFAULT, ""),
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
    "words in the wrong order": (
        "period=between&from=today&to=yesterday",
        DEFAULT,
        "The period ends before it begins. Enter a later end.",
    ),
    "a word that is no day": (
        "period=between&from=soon&to=today",
        DEFAULT,
        "Enter a date like 25 Nov 2026.",
    ),
    "days without the word between don't count": ("period=last7&from=2026-05-18&to=2026-05-24", "last7", ""),
}


@pytest.mark.parametrize(("address", "name", "error"), READ.values(), ids=READ.keys())
def test_the_period_of_an_address(address, name, error, on):
    on(ORDINARY)
    period, errors = parse_period(QueryDict(address))
    assert (period.name, [str(one) for one in errors]) == (name, [error] if error else [])
    if name == DEFAULT:
        assert (period.first, period.last) == (day("2026-02-20"), day("2026-05-20"))
    if name == BETWEEN:
        data = QueryDict(address)
        assert (period.first, period.last) == (day(data["from"]), day(data["to"]))
    if name == "all":
        assert (period.first, period.last) == (None, None)


# What was typed as the first and the last day, and the days that the period has. Today is a Wednesday, 20 May 2026.
TYPED = {
    "days as programs write them": ("2026-05-18", "2026-05-24", "2026-05-18", "2026-05-24"),
    "days as people write them": ("18.05.2026", "24 May 2026", "2026-05-18", "2026-05-24"),
    "words": ("yesterday", "today", "2026-05-19", "2026-05-20"),
    "Romanian words": ("ieri", "poimâine", "2026-05-19", "2026-05-22"),
    "a weekday, which is the last one": ("Friday", "today", "2026-05-15", "2026-05-20"),
    "the weekday of today, which is today": ("luni", "Wednesday", "2026-05-18", "2026-05-20"),
    "a number of days": ("today", "+3 days", "2026-05-20", "2026-05-23"),
    "next week, which begins on Monday": ("2026-05-18", "next week", "2026-05-18", "2026-05-25"),
}


@pytest.mark.parametrize(("typed", "until", "first", "last"), TYPED.values(), ids=TYPED)
def test_the_days_that_a_report_is_asked_for(typed, until, first, last, on):
    on(ORDINARY)
    data = QueryDict(mutable=True)
    data.update({"period": BETWEEN, "from": typed, "to": until})
    assert parse_period(data) == (ReportPeriod(BETWEEN, day(first), day(last)), [])


@pytest.mark.parametrize(("typed", "until", "first", "last"), TYPED.values(), ids=TYPED)
def test_a_link_to_a_report_means_the_same_days_on_another_day(typed, until, first, last, on):
    on(ORDINARY)
    data = QueryDict(mutable=True)
    data.update({"period": BETWEEN, "from": typed, "to": until, "by": "owner"})
    link = replace_day_words(data, ENDS, looks_back=True)
    on(NEW_YEAR)
    assert parse_period(link)[0] == ReportPeriod(BETWEEN, day(first), day(last))
    assert link["by"] == "owner"


def test_every_period_and_comparison_has_a_row():
    assert {*DAYS, "all", BETWEEN} == {*LABELS}
    assert {*COMPARISON_LABELS} == {"none", "top", "before", "year"}


# The first and the last day, the title of the period, and that of a number that compares its beginning with now.
TITLES = {
    "one day": ("2026-05-18", "2026-05-18", "18 May 2026", "Since 18 May 2026"),
    "several days": ("2026-05-18", "2026-05-24", "18 May 2026 to 24 May 2026", "Since 18 May 2026"),
    "all time": (None, None, "All time", "All time"),
}


@pytest.mark.parametrize(("first", "last", "title", "since"), TITLES.values(), ids=TITLES)
def test_what_a_period_is_called(first, last, title, since):
    period = ReportPeriod(BETWEEN, first and day(first), last and day(last))
    assert (period.title, period.since_title) == (title, since)


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
        period = ReportPeriod(BETWEEN, day("2026-05-18"), day("2026-05-24"))
        assert list(Lead.objects.filter(period.build_condition("created_at"))) == ([lead] if within else [])
