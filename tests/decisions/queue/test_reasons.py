"""Which reason for waiting a row of the queue is at noon, and when the day of a user begins and ends."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from leads.queue.waiting_leads import _build_waiting_leads, _get_midnight, end_of_today, get_local_today

BUCHAREST, AUCKLAND = ZoneInfo("Europe/Bucharest"), ZoneInfo("Pacific/Auckland")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# What the database says: the kind, the moment in seconds or the day and the time of a task; and the reason with its moment. It is
# noon of the first of June 2026 in Bucharest.
NOON = datetime(2026, 6, 1, 12, tzinfo=BUCHAREST)
JUNE, MAY = date(2026, 6, 1), date(2026, 5, 31)
ROWS: dict[str, tuple[tuple[Any, ...], str, datetime, bool]] = {
    "a task of this morning": (("task", None, JUNE, time(9)), "task_overdue", NOON - 3 * HOUR, True),
    "a task of noon": (("task", None, JUNE, time(12)), "task_today", NOON, True),
    "a task of this evening": (("task", None, JUNE, time(19)), "task_today", NOON + 7 * HOUR, True),
    "a task at midnight has a time": (("task", None, JUNE, time()), "task_overdue", NOON - 12 * HOUR, True),
    "a task of today is due until its end": (
        ("task", None, JUNE, None),
        "task_today",
        datetime(2026, 6, 1, 23, 59, 59, tzinfo=BUCHAREST),
        False,
    ),
    "a task of yesterday": (
        ("task", None, MAY, None),
        "task_overdue",
        datetime(2026, 5, 31, 23, 59, 59, tzinfo=BUCHAREST),
        False,
    ),
    "a first contact before noon": (
        ("contact", (NOON - MINUTE).timestamp(), None, None),
        "contact_overdue",
        NOON - MINUTE,
        True,
    ),
    "a first contact at noon": (("contact", NOON.timestamp(), None, None), "contact_overdue", NOON, True),
    "a first contact after noon": (
        ("contact", (NOON + MINUTE).timestamp(), None, None),
        "contact_today",
        NOON + MINUTE,
        True,
    ),
    "a stuck lead": (("stuck", (NOON - DAY).timestamp(), None, None), "stuck", NOON - DAY, True),
}


@pytest.mark.parametrize(("row", "code", "moment", "is_timed"), ROWS.values(), ids=ROWS)
def test_which_reason_a_row_is(row, code, moment, is_timed):
    bob = User(time_zone="Europe/Bucharest")
    found = list(_build_waiting_leads([(7, True, 5, *row)], bob, NOON))
    assert found == [(7, True, code, (moment.timestamp(), is_timed))]


DAYS = {
    "Bucharest": ("Europe/Bucharest", datetime(2026, 6, 1, tzinfo=BUCHAREST)),
    "Auckland, where it is evening": ("Pacific/Auckland", datetime(2026, 6, 1, tzinfo=AUCKLAND)),
    "Honolulu, where it is the day before": (
        "Pacific/Honolulu",
        datetime(2026, 5, 31, tzinfo=ZoneInfo("Pacific/Honolulu")),
    ),
}


@pytest.mark.parametrize(("zone", "begins"), DAYS.values(), ids=DAYS)
def test_the_day_of_a_user(zone, begins, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON.astimezone(UTC))
    bob = User(time_zone=zone)
    assert get_local_today(bob) == begins.date()
    assert _get_midnight(bob, NOON) == begins.timestamp()
    assert end_of_today(bob) == begins + DAY
