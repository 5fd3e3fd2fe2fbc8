"""Single events of Google and Microsoft: what they say, and what of them is written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calendars.events import google_events, microsoft_events
from calendars.events.event_values import EventValues

LOCAL = ZoneInfo("Europe/Bucharest")
TEN = datetime(2026, 12, 1, 10, tzinfo=UTC)
GOOGLE = {"start": {"dateTime": "2026-12-01T12:00:00+02:00"}, "end": {"dateTime": "2026-12-01T11:00:00Z"}}
MICROSOFT = {
    "start": {"dateTime": "2026-12-01T10:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-12-01T11:00:00.0000000", "timeZone": "UTC"},
}
GOOGLE_DAY = {"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}}
MICROSOFT_DAY = {
    "isAllDay": True,
    "start": {"dateTime": "2026-12-01T00:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-12-02T00:00:00.0000000", "timeZone": "UTC"},
}
ROOM = "room@ours.example"


@pytest.mark.parametrize(
    ("module", "more", "expected"),
    [
        (google_events, GOOGLE, {"busy": True, "canceled": False, "private": False, "modified": None}),
        (google_events, GOOGLE | {"transparency": "transparent"}, {"busy": False}),
        (google_events, GOOGLE | {"eventType": "workingLocation"}, {"busy": False}),
        (google_events, GOOGLE | {"eventType": "outOfOffice"}, {"busy": True}),
        (google_events, GOOGLE | {"status": "cancelled"}, {"busy": False, "canceled": True}),
        (google_events, GOOGLE | {"visibility": "confidential"}, {"private": True}),
        (google_events, GOOGLE | {"visibility": "public"}, {"private": False}),
        (google_events, GOOGLE | {"updated": "2026-12-01T10:00:00.500Z"}, {"modified": TEN}),
        (
            google_events,
            GOOGLE | {"attendees": [{"email": ROOM, "resource": True}, {"email": "A@B.example"}]},
            {"people": ("a@b.example",)},
        ),
        (
            google_events,
            GOOGLE | {"originalStartTime": {"dateTime": "2026-12-01T12:00:00+02:00"}},
            {"recurrence": TEN.isoformat()},
        ),
        (
            google_events,
            GOOGLE_DAY | {"originalStartTime": {"date": "2026-12-01"}},
            {"recurrence": "2026-12-01"},
        ),
        (microsoft_events, MICROSOFT, {"busy": True, "canceled": False, "private": False, "modified": None}),
        (microsoft_events, MICROSOFT | {"showAs": "free"}, {"busy": False}),
        (microsoft_events, MICROSOFT | {"showAs": "workingElsewhere"}, {"busy": False}),
        (microsoft_events, MICROSOFT | {"showAs": "tentative"}, {"busy": True}),
        (microsoft_events, MICROSOFT | {"isCancelled": True}, {"busy": False, "canceled": True}),
        (microsoft_events, MICROSOFT | {"sensitivity": "personal"}, {"private": True}),
        (
            microsoft_events,
            MICROSOFT | {"lastModifiedDateTime": "2026-12-01T10:00:00.1234567Z"},
            {"modified": TEN},
        ),
        (
            microsoft_events,
            MICROSOFT | {"attendees": [{"type": "resource", "emailAddress": {"address": ROOM}}]},
            {"people": ()},
        ),
        (microsoft_events, MICROSOFT | {"originalStart": "2026-12-01T10:00:00Z"}, {"recurrence": ""}),
        (
            microsoft_events,
            MICROSOFT | {"seriesMasterId": "s", "originalStart": "2026-12-01T10:00:00Z"},
            {"recurrence": TEN.isoformat()},
        ),
        (
            microsoft_events,
            MICROSOFT_DAY | {"seriesMasterId": "s", "originalStart": "2026-12-01T00:00:00Z"},
            {"recurrence": "2026-12-01"},
        ),
    ],
)
def test_what_an_event_says(module, more, expected):
    one = module.parse_item(more, LOCAL)
    assert {name: getattr(one, name) for name in expected} == expected


@pytest.mark.parametrize(("module", "item"), [(google_events, GOOGLE), (microsoft_events, MICROSOFT)])
def test_the_times_of_an_event(module, item):
    values = module.parse_item(item, LOCAL).values
    assert (values.begins, values.ends) == (TEN, TEN + timedelta(hours=1))
    assert module.parse_item(item | {"end": None}, LOCAL).values.ends == TEN
    assert module.parse_item({}, LOCAL) is None


@pytest.mark.parametrize(("module", "item"), [(google_events, GOOGLE_DAY), (microsoft_events, MICROSOFT_DAY)])
def test_a_day_stays_a_day_until_it_is_moved(module, item):
    values = module.parse_item(item, LOCAL).values
    assert (values.begins, values.ends - values.begins) == (TEN - timedelta(hours=12), timedelta(days=1))
    renamed = EventValues("New", "", values.begins, values.ends)
    assert list(module.build_item_changes(item, renamed, LOCAL)) in (["summary"], ["subject"])
    moved = module.build_item_changes(item, EventValues("", "", TEN, TEN + timedelta(hours=1)), LOCAL)
    assert moved["start"]["dateTime"] in ("2026-12-01T12:00:00+02:00", "2026-12-01T10:00:00")
    assert moved["start"].get("date", None) is None
    assert moved.get("isAllDay", False) is False


def test_events_of_leadwell_are_known_by_their_names():
    name = google_events.build_event_id("planned-5")
    assert google_events.get_item_uid({"id": name, "iCalUID": "x"}).startswith("planned-5@")
    assert google_events.get_item_uid({"id": "event5", "iCalUID": "x"}) == "x"
    own = microsoft_events.build_new_item("task-7", EventValues("", "", TEN, TEN))
    assert microsoft_events.get_item_uid(own | {"iCalUId": "x"}).startswith("task-7@")
    assert microsoft_events.get_item_uid({"transactionId": "other.example/task-7/a", "iCalUId": "x"}) == "x"
