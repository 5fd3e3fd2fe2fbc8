"""On which record an event of a connected calendar becomes a meeting, and when it becomes none."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from calendars.syncing.meeting_import import find_record, is_importable

OWN = {"bob@example.com"}
RECORDS: dict[str, list[Any]] = {
    "ana@a.example": [("lead", 1), ("contact", 2)],
    "jan@a.example": [("lead", 3)],
    "bob@example.com": [("lead", 4)],
}
# The people of the event, and the record.
PEOPLE = {
    "no one": ([], None),
    "someone unknown": (["eva@a.example"], None),
    "someone known, on the first of their records": (["ana@a.example"], ("lead", 1)),
    "the first one who is known": (["eva@a.example", "jan@a.example", "ana@a.example"], ("lead", 3)),
    "the user, who is known too": (["bob@example.com"], None),
    "the user and someone known": (["bob@example.com", "jan@a.example"], ("lead", 3)),
}


@pytest.mark.parametrize(("people", "record"), PEOPLE.values(), ids=PEOPLE)
def test_the_meeting_is_on_the_record_of_the_first_one_who_is_known(people, record):
    one: Any = SimpleNamespace(people=people)
    assert find_record(one, RECORDS, OWN) == record


@pytest.mark.parametrize(("seconds", "importable"), [(1, True), (0, False), (-1, False)])
def test_an_event_that_ends_at_this_moment_is_over(seconds, importable, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    event = SimpleNamespace(recurring=False, uid="a@other.example")
    ends = now + timedelta(seconds=seconds)
    at: Any = SimpleNamespace(begins=now - timedelta(hours=1), ends=ends, event=event)
    one: Any = SimpleNamespace(canceled=False, private=False, declined=[])
    assert is_importable(at, one, OWN) is importable
