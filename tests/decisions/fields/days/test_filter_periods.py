"""The days of a period, which of them are wrong, how it reads in words, and which fields look back."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from crm.fields.conditions.periods import (
    PAST_PERIODS,
    Period,
    apply_typed_days,
    check_period_order,
    find_day_errors,
    get_first_day,
    looks_back,
)
from crm.records.listing.filter_alternatives import build_query_dict

TODAY = date(2026, 5, 20)

PERIODS = {
    "one that is named": ({}, "today", (TODAY, TODAY), "today"),
    "one that is named, beside days of an earlier choice": (
        {"created_from": "2026-03-05", "created_to": "2026-03-06"}, "today", (TODAY, TODAY), "today",
    ),
    "between two days": (
        {"created_from": "2026-03-05", "created_to": "2026-03-06"},
        "between", (date(2026, 3, 5), date(2026, 3, 6)), "5 March 2026 to 6 March 2026",
    ),
    "from a day on": ({"created_from": "2026-03-05"}, "between", (date(2026, 3, 5), None), "from 5 March 2026"),
    "until a day": ({"created_to": "2026-03-06"}, "between", (None, date(2026, 3, 6)), "until 6 March 2026"),
    "without days": ({}, "between", (None, None), ""),
}  # fmt: skip


@pytest.mark.parametrize("case", PERIODS.values(), ids=PERIODS)
def test_a_period(case, monkeypatch):
    data, value, ends, words = case
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)
    period = Period(label="Added", column="created_at", periods=["today"])
    period.parent = SimpleNamespace(data=data, filters={"created": period})
    assert (period.get_ends(value), period.describe_value(value)) == (ends, words)


def test_a_day_that_cannot_be_read_has_no_words_and_finds_nothing():
    period = Period(label="Added", column="created_at", periods=["today"])
    period.parent = SimpleNamespace(data={"created_from": "soon"}, filters={"created": period})
    assert period.describe_value("between") == ""
    with pytest.raises(ValidationError):
        period.build_condition("between")


NO_DAY = "Enter a date like 25 Nov 2026."
REVERSED = "The period ends before it begins. Enter a later end."
# The parameters of a period, and what they are where the period was between days before, and where it wasn't.
TYPED_DAYS = {
    "days without a period": ("x=1&created_from=a&created_to=b", "x=1", "x=1&created_from=a&created_to=b&created=between"),
    "the first day alone": ("created_from=a", "", "created_from=a&created=between"),
    "the last day alone, and an empty period": (
        "created=&created_from=&created_to=b", "created=", "created=between&created_from=&created_to=b",
    ),
    "empty days": ("created=&created_from=&created_to=+", "created=", "created="),
    "days beside another period": ("created=today&created_from=a", "created=today", "created=today"),
    "days between which it is": (
        "created=between&created_from=a", "created=between&created_from=a", "created=between&created_from=a",
    ),
    "no days": ("created=&x=1", "created=&x=1", "created=&x=1"),
    "days of another field": ("contacted_from=a", "contacted_from=a", "contacted_from=a"),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "after_between", "otherwise"), TYPED_DAYS.values(), ids=TYPED_DAYS)
def test_days_that_are_typed_without_choosing_between_mean_it(sent, after_between, otherwise):
    data = QueryDict(sent)
    assert apply_typed_days(data, "created").urlencode() == otherwise
    assert apply_typed_days(data, "created", once_between=True).urlencode() == after_between
    assert data.urlencode() == sent


# The two days, and whether the period ends before it begins.
ORDER = {
    "a day and a later one": (date(2026, 3, 5), date(2026, 3, 6), False),
    "the same day twice": (date(2026, 3, 5), date(2026, 3, 5), False),
    "a day and an earlier one": (date(2026, 3, 6), date(2026, 3, 5), True),
    "no first day": (None, date(2026, 3, 5), False),
    "no last day": (date(2026, 3, 5), None, False),
    "no days": (None, None, False),
}


@pytest.mark.parametrize(("first", "last", "wrong"), ORDER.values(), ids=ORDER)
def test_which_periods_end_before_they_begin(first, last, wrong):
    sentences = []
    try:
        check_period_order(first, last)
    except ValidationError as error:
        sentences = error.messages
    assert sentences == [REVERSED] * wrong


@pytest.mark.parametrize("dates", [True, False])
def test_a_period_that_ends_before_it_begins_keeps_its_words_and_is_refused(dates):
    period = Period(label="Added", column="created_at", periods=["today"], dates=dates)
    data = {"created_from": "2026-03-06", "created_to": "2026-03-05"}
    period.parent = SimpleNamespace(data=data, filters={"created": period})
    assert period.describe_value("between") == "6 March 2026 to 5 March 2026"
    with pytest.raises(ValidationError, match=REVERSED):
        period.build_condition("between")


# What a form sent for the two days of the period, and the days that are wrong. The chosen period is "between" unless it says otherwise.
WRONG_DAYS = {
    "days in digits": ({"created_from": "2026-03-05", "created_to": "6.3.2026"}, []),
    "words": ({"created_from": "Yesterday", "created_to": "azi"}, []),
    "no days": ({}, []),
    "empty ones": ({"created_from": "", "created_to": " "}, []),
    "a first day that is none": ({"created_from": "soon", "created_to": "today"}, ["created_from"]),
    "a last day that no month has": ({"created_to": "31.2.2026"}, ["created_to"]),
    "both": ({"created_from": "soon", "created_to": "later"}, ["created_from", "created_to"]),
    "beside a period that has no days": ({"created": "today", "created_from": "soon"}, []),
    "without a period": ({"created": "", "created_from": "soon"}, []),
    "of another field": ({"contacted_from": "soon"}, []),
    "a last day before the first": ({"created_from": "6.3.2026", "created_to": "5.3.2026"}, {"created_to": REVERSED}),
    "the same day twice": ({"created_from": "6.3.2026", "created_to": "2026-03-06"}, []),
    "the last before the first, beside another period": (
        {"created": "today", "created_from": "6.3.2026", "created_to": "5.3.2026"}, [],
    ),
    "words in the wrong order": ({"created_from": "today", "created_to": "yesterday"}, {"created_to": REVERSED}),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "wrong"), WRONG_DAYS.values(), ids=WRONG_DAYS)
def test_which_days_that_a_form_sent_are_wrong(sent, wrong):
    data = QueryDict(mutable=True)
    data.update({"created": "between"})
    for name, text in sent.items():
        data[name] = text
    sentences = wrong if isinstance(wrong, dict) else dict.fromkeys(wrong, NO_DAY)
    assert find_day_errors(data, "created", looks_back=True) == sentences


@pytest.mark.parametrize(("looks_back", "wrong"), [(True, True), (False, False)])
def test_weekdays_of_a_period_are_compared_as_their_field_reads_them(looks_back, wrong, monkeypatch):
    # From a Tuesday until the Wednesday before it or the one after it.
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 3, 3))
    data = build_query_dict({"created": ["between"], "created_from": ["today"], "created_to": ["wed"]})
    assert bool(find_day_errors(data, "created", looks_back=looks_back)) is wrong


# The periods that a field has, and whether it is asked for what has happened.
LOOKS_BACK = {
    "the past": (PAST_PERIODS, True),
    "the past, or nothing": ([*PAST_PERIODS, "none"], True),
    "today alone": (["today"], True),
    "the next days": ([*PAST_PERIODS, "next7"], False),
    "what is overdue": (["overdue", "today"], False),
    "later": (["later", "none"], False),
}


@pytest.mark.parametrize(("periods", "past"), LOOKS_BACK.values(), ids=LOOKS_BACK)
def test_which_fields_look_back(periods, past):
    assert looks_back(periods) is past
    assert Period(label="Added", column="created_at", periods=periods).looks_back is past


def test_records_without_a_day_are_in_the_period_none():
    period = Period(label="Next action", column="next_action_on", periods=["none"], dates=True)
    assert period.build_condition("none") == Q(next_action_on__isnull=True)
    assert (period.describe_value("none"), period.describe_value("overdue")) == ("none", "overdue")


FIRST_DAYS = {
    "day": date(2026, 5, 20),
    "week": date(2026, 5, 18),
    "month": date(2026, 5, 1),
    "quarter": date(2026, 4, 1),
    "year": date(2026, 1, 1),
}


@pytest.mark.parametrize(("step", "first"), FIRST_DAYS.items(), ids=FIRST_DAYS)
def test_the_first_day_of_a_step(step, first):
    assert get_first_day(TODAY, step) == get_first_day(first, step) == first
