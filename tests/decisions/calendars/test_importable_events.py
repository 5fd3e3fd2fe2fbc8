"""Which events of a connected calendar may become meetings, as a table on the function itself."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from calendars.syncing.meeting_import import is_importable
from crm.platform.web.calendar_files import get_site_host

OWN = {"bob@example.com"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# What is different from a single event of the next day, and whether it may become a meeting.
EVENTS = {
    "an event of the next day": ({}, True),
    "one that has begun": ({"begins": -HOUR, "ends": HOUR}, True),
    "one that is over": ({"begins": -2 * HOUR, "ends": -HOUR}, False),
    "one that is canceled": ({"canceled": True}, False),
    "one that is private": ({"private": True}, False),
    "one that the user declined": ({"declined": ["bob@example.com"]}, False),
    "one that someone else declined": ({"declined": ["ana@client.example"]}, True),
    "one of the next year": ({"begins": 300 * DAY, "ends": 301 * DAY}, True),
    "one of a series, soon": ({"recurring": True}, True),
    "one of a series, in 89 days": ({"recurring": True, "begins": 89 * DAY, "ends": 90 * DAY}, True),
    "one of a series, in 90 days": ({"recurring": True, "begins": 90 * DAY, "ends": 91 * DAY}, True),
    "one of a series, in 91 days": ({"recurring": True, "begins": 91 * DAY, "ends": 92 * DAY}, False),
    "one that Leadwell sent": ({"uid": f"activity-7@{get_site_host()}"}, False),
}


@pytest.mark.parametrize("name", EVENTS)
def test_which_events_may_become_meetings(name, monkeypatch):
    changed, importable = EVENTS[name]
    given = {"begins": DAY, "ends": DAY + HOUR, "recurring": False, "uid": "a@other.example"}
    given |= {"canceled": False, "private": False, "declined": []} | changed
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    event = SimpleNamespace(recurring=given["recurring"], uid=given["uid"])
    at = SimpleNamespace(begins=now + given["begins"], ends=now + given["ends"], event=event)
    one = SimpleNamespace(canceled=given["canceled"], private=given["private"], declined=given["declined"])
    assert is_importable(at, one, OWN) is importable
