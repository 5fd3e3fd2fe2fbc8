"""What an activity of each type needs, which times it may have, and how it may have gone."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.work.activities import requirements
from crm.work.activities.requirements import (
    get_future_error,
    get_missing_fields,
    get_no_show_error,
    get_outcome_error,
    get_unused_fields,
)
from crm.work.models.activity import Activity

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
INSTANT, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(requirements.timezone, "now", lambda: NOW)


# The type of an activity, and the fields that it doesn't have.
UNUSED = {
    "call": {},
    "meeting": {},
    "email": {"outcome"},
    "note": {"outcome", "minutes"},
    "file": {"outcome", "minutes"},
}


@pytest.mark.parametrize(("kind", "names"), UNUSED.items(), ids=UNUSED)
def test_the_fields_that_a_type_does_not_have(kind, names):
    assert get_unused_fields(kind) == {name: {"outcome": "", "minutes": None}[name] for name in names}


# A type with its values, and the field that is missing.
MISSING = {
    "a note without a text": ("note", {"text": ""}, "text"),
    "a note with one": ("note", {"text": "x"}, ""),
    "a call without an outcome": ("call", {"text": "x"}, "outcome"),
    "a call with one": ("call", {"outcome": "reached"}, ""),
    "a meeting with nothing": ("meeting", {}, ""),
    "a file with nothing": ("file", {}, ""),
}


@pytest.mark.parametrize(("kind", "values", "name"), MISSING.values(), ids=MISSING)
def test_the_fields_that_a_type_needs(kind, values, name):
    assert [field for field, _words in get_missing_fields(kind, values)] == ([name] if name else [])


TIMES = {
    "none": (None, False),
    "now": (NOW, False),
    "a minute ahead, because clocks differ": (NOW + MINUTE, False),
    "more than a minute ahead": (NOW + MINUTE + INSTANT, True),
    "yesterday": (NOW - timedelta(days=1), False),
}


@pytest.mark.parametrize(("at", "is_refused"), TIMES.values(), ids=TIMES)
def test_an_activity_is_not_of_the_future(at, is_refused):
    assert bool(get_future_error(at)) is is_refused


# A type, an outcome, a time, and the beginning of what is said about it.
OUTCOMES = {
    "a note without one": ("note", "", None, ""),
    "a note with one": ("note", "reached", None, "Only calls and meetings"),
    "an email with one": ("email", "sent", None, "Only calls and meetings"),
    "a call": ("call", "reached", None, ""),
    "a call in the future": ("call", "reached", NOW + MINUTE, ""),
    "a call that no one came to": ("call", "no_show", None, "Calls don"),
    "a meeting that took place": ("meeting", "", None, ""),
    "a meeting that no one came to": ("meeting", "no_show", NOW - MINUTE, ""),
    "a meeting that begins now": ("meeting", "no_show", NOW, ""),
    "a meeting that hasn’t begun": ("meeting", "no_show", NOW + INSTANT, "The meeting hasn"),
    "a meeting without a time, which is now": ("meeting", "no_show", None, ""),
    "a meeting that is planned": ("meeting", "planned", None, "Meetings don"),
    "a meeting with an outcome of calls": ("meeting", "reached", None, "Meetings don"),
}


@pytest.mark.parametrize(("kind", "outcome", "at", "words"), OUTCOMES.values(), ids=OUTCOMES)
def test_which_outcomes_an_activity_may_have(kind, outcome, at, words):
    said = get_outcome_error(kind, outcome, at)
    assert said.startswith(words)
    assert bool(said) is bool(words)


NO_SHOWS = {
    "a meeting": ("meeting", NOW, ""),
    "a meeting to come": ("meeting", NOW + MINUTE, "The meeting hasn"),
    "a call": ("call", NOW, "Only a meeting"),
}


@pytest.mark.parametrize(("kind", "at", "words"), NO_SHOWS.values(), ids=NO_SHOWS)
def test_what_can_be_a_no_show(kind, at, words):
    said = get_no_show_error(Activity(type=kind, at=at))
    assert said.startswith(words)
    assert bool(said) is bool(words)
