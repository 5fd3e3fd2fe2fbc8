"""How the values of reports are written: counts, rates, amounts and times, the counts of a rate, and what has changed."""

from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.utils import translation

from reports.display.value_texts import (
    ValueChange,
    describe_change,
    describe_rate_counts,
    describe_value,
    format_value,
    get_missing_head,
)
from reports.engine.measures import MEASURES
from reports.engine.report_answer import ReportGroup


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


class Shown(NamedTuple):
    measure: str
    value: Any
    text: str


COUNT, RATE, MONEY, DAYS, RATIO, WORKDAYS = (
    "leads", "client_rate", "value", "won_mean", "score_mean", "working_days",
)  # fmt: skip
VALUES = {
    "no value": Shown(COUNT, None, ""),
    "none": Shown(COUNT, 0, "0"),
    "thousands": Shown(COUNT, 12345, "12,345"),
    "a rate of zero": Shown(RATE, Decimal(0), "0.0%"),
    "a rate that rounds to zero": Shown(RATE, Decimal("0.04"), "<0.1%"),
    "a rate that rounds to the least": Shown(RATE, Decimal("0.05"), "0.1%"),
    "a rate with a decimal": Shown(RATE, Decimal("5.65"), "5.7%"),
    "all": Shown(RATE, Decimal(100), "100.0%"),
    "a return below a thousand": Shown("return", Decimal("999.94"), "999.9%"),
    "a return from a thousand on": Shown("return", Decimal("1000"), "1,000%"),
    "a return of thousands is rounded": Shown("return", Decimal("12345.5"), "12,346%"),
    "a loss": Shown("return", Decimal(-10), "−10.0%"),
    "a small loss": Shown("return", Decimal("-0.04"), "0.0%"),
    "an average": Shown(RATIO, Decimal("1234.565"), "1,234.57"),
    "an average below zero": Shown(RATIO, Decimal("-2.5"), "−2.50"),
    "hours": Shown(DAYS, 0.5, "12.0 h"),
    "less than two days": Shown(DAYS, 1.99, "47.8 h"),
    "two days": Shown(DAYS, 2, "2.0 days"),
    "thousands of days": Shown(DAYS, 1234.56, "1,234.6 days"),
    "working days": Shown(WORKDAYS, Decimal(21), "21"),
    "half a working day": Shown(WORKDAYS, Decimal("20.5"), "20.5"),
    "thousands of working days": Shown(WORKDAYS, Decimal("1234.5"), "1,234.5"),
}


@pytest.mark.parametrize("case", VALUES.values(), ids=VALUES)
def test_how_a_value_is_written(case):
    assert format_value(MEASURES[case.measure], case.value) == case.text


def test_half_a_cent_is_rounded_up(db):
    assert "1,234.57" in format_value(MEASURES[MONEY], Decimal("1234.565"))


class Counted(NamedTuple):
    """The parts of a group, the text of the measure, and its counts."""

    measure: str
    parts: dict[str, Any]
    text: str
    counts: str


COUNTS = {
    "a rate out of enough": Counted(RATE, {"won": 1, "leads": 10}, "10.0%", "1 of 10"),
    "a rate out of too few": Counted(RATE, {"won": 1, "leads": 9}, "1 of 9", "1 of 9"),
    "a rate out of none": Counted(RATE, {"won": 0, "leads": 0}, "", "0 of 0"),
    "a rate out of thousands": Counted(RATE, {"won": 1200, "leads": 2400}, "50.0%", "1,200 of 2,400"),
    "a count has no counts of its own": Counted(COUNT, {"leads": 3}, "3", ""),
    "a return isn’t one of leads": Counted("return", {"revenue": 30, "costs": 20, "won": 1}, "50.0%", ""),
}


@pytest.mark.parametrize("case", COUNTS.values(), ids=COUNTS)
def test_the_counts_of_a_rate(case):
    measure, group = MEASURES[case.measure], ReportGroup((), (), case.parts)
    assert (describe_value(measure, group), describe_rate_counts(measure, group)) == (case.text, case.counts)


HEADS = {
    "without_value": "%(label)s: leads without a value",
    "without_rate": "%(label)s: leads without an exchange rate",
    "revenue_without_amount": "%(label)s: won leads without an amount",
    "revenue_without_rate": "%(label)s: leads without an exchange rate",
}


@pytest.mark.parametrize("part", HEADS)
def test_the_head_of_a_column_with_what_an_amount_leaves_out(part):
    assert get_missing_head(part) == HEADS[part]


class Changed(NamedTuple):
    measure: str
    value: Any
    before: Any
    change: ValueChange | None


CHANGES = {
    "more": Changed(COUNT, 9, 8, ValueChange("12.5%", 1)),
    "less": Changed(COUNT, 7, 8, ValueChange("12.5%", -1)),
    "as many": Changed(COUNT, 8, 8, ValueChange("0.0%", 0)),
    "none before": Changed(COUNT, 8, 0, None),
    "none now": Changed(COUNT, 0, 8, ValueChange("100.0%", -1)),
    "ten times as many": Changed(COUNT, 80, 8, ValueChange("900.0%", 1)),
    "more than ten times as many": Changed(COUNT, 92, 8, ValueChange("12×", 1)),
    "thousands of times as much": Changed(MONEY, 10_000, 8, ValueChange("1,250×", 1)),
    "a loss that became many times as large": Changed(MONEY, -422, -1, ValueChange("422×", -1)),
    "a loss that became a profit": Changed(MONEY, 422, -1, ValueChange("42,300%", 1)),
    "no value now": Changed(COUNT, None, 8, None),
    "no value before": Changed(COUNT, 8, None, None),
    "a loss that became smaller": Changed(MONEY, -10, -20, ValueChange("50.0%", 1)),
    "a higher rate": Changed(RATE, Decimal(30), Decimal(25), ValueChange("5.0 points", 1)),
    "a lower rate": Changed(RATE, Decimal(0), Decimal("2.25"), ValueChange("2.3 points", -1)),
    "a rate of zero before": Changed(RATE, Decimal(5), Decimal(0), ValueChange("5.0 points", 1)),
    "a return of thousands of points": Changed("return", 2500, 1000, ValueChange("1,500.0 points", 1)),
}


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_what_has_changed(case):
    assert describe_change(MEASURES[case.measure], case.value, case.before) == case.change


def test_an_email_shows_a_change_by_a_sign():
    arrows = [ValueChange("12.5%", sign).with_arrow for sign in (1, -1, 0)]
    assert arrows == ["▲ 12.5%", "▼ 12.5%", "="]
