"""Later: to which day and time a task is put off, on the clock of the user whom it is for."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone

from accounts.models import User
from crm.work.models.task import Task
from crm.work.tasks.snooze import build_snooze_verb

# A Wednesday.
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
CASES = {
    "an hour later": (NOON, "UTC", "hour", date(2026, 3, 11), time(13)),
    "an hour later, up to five minutes": (NOON.replace(minute=1), "UTC", "hour", date(2026, 3, 11), time(13, 5)),
    "an hour later on five minutes": (NOON.replace(minute=5), "UTC", "hour", date(2026, 3, 11), time(13, 5)),
    "an hour later without seconds": (NOON.replace(minute=5, second=59, microsecond=1), "UTC", "hour", date(2026, 3, 11), time(13, 5)),
    "an hour later is tomorrow": (NOON.replace(hour=23, minute=58), "UTC", "hour", date(2026, 3, 12), time(1)),
    "an hour later on another clock": (NOON, "Asia/Tokyo", "hour", date(2026, 3, 11), time(22)),
    "three hours later": (NOON.replace(minute=1), "UTC", "three_hours", date(2026, 3, 11), time(15, 5)),
    # The clock goes forward at 3:00 on 29 March 2026, and back at 4:00 on 25 October 2026.
    "hours that pass when the clock goes forward": (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Europe/Bucharest", "three_hours", date(2026, 3, 29), time(6, 30)),
    "hours that pass when the clock goes back": (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "Europe/Bucharest", "three_hours", date(2026, 10, 25), time(4, 30)),
    "tomorrow": (NOON, "UTC", "tomorrow", date(2026, 3, 12), None),
    "tomorrow on another clock": (NOON.replace(hour=20), "Asia/Tokyo", "tomorrow", date(2026, 3, 13), None),
    "next week is the next Monday": (NOON, "UTC", "next_week", date(2026, 3, 16), None),
    "next week on a Monday": (NOON.replace(day=9), "UTC", "next_week", date(2026, 3, 16), None),
    "next week on a Sunday": (NOON.replace(day=15), "UTC", "next_week", date(2026, 3, 16), None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_when_a_task_is_due_later(case, monkeypatch):
    now, zone, until, day, at = case
    monkeypatch.setattr(timezone, "now", lambda: now)
    verb = build_snooze_verb(Task(user=User(time_zone=zone)), until)
    assert (verb.day, verb.at) == (day, at)


def test_a_task_for_no_user_is_due_on_the_clock_of_the_reader(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    with timezone.override("Asia/Tokyo"):
        assert build_snooze_verb(Task(), "hour").at == time(22)


def test_an_unknown_word_puts_nothing_off():
    assert build_snooze_verb(Task(), "never") is None
