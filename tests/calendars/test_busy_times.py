"""Events of a connected calendar keep its user busy, and nothing else is known of them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.free_busy.free_times import get_user_times
from accounts.free_busy.time_spans import Span
from calendars.busy_times import get_calendar_times
from calendars.models import CalendarEvent, EventTime
from crm.models import Activity
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import AddActivity
from crm.work.tasks.verbs import AddTask
from leads.models import Lead
from tests.calendars.serving import build_event

pytestmark = pytest.mark.django_db
# A Wednesday in more than a month.
DAY = date.today() + timedelta(days=40)
DAY += timedelta(days=(2 - DAY.weekday()) % 7)


def at(clock: str, days: int = 0) -> datetime:
    return datetime.combine(DAY + timedelta(days=days), time.fromisoformat(clock), UTC)


def get_busy(user, days: int = 1) -> list[str]:
    period = Span(at("00:00"), at("00:00", days))
    return [f"{one.begins:%H:%M}-{one.ends:%H:%M}" for one in get_user_times([user], period)[user.pk].busy]


def test_an_event_keeps_its_user_busy_and_no_one_else(dav, sync, bob, ann):
    dav.put("a", build_event("a", at("10:00"), title="Dentist"))
    sync()
    assert get_busy(bob) == ["10:00-11:00"]
    assert get_busy(ann) == []


def test_a_meeting_and_a_task_that_went_out_keep_their_user_busy_once(make_lead, sync, bob):
    lead = make_lead("Acme", owner=bob)
    meeting = AddActivity(bob, "meeting", at=at("10:00"), subject="Demo", minutes=60)
    task = AddTask(bob, {"title": "Call", "user": bob, "due_on": DAY, "due_time": time(15, 0)})
    for verb in (meeting, task):
        carry_out(verb, Lead.objects.filter(pk=lead.pk), by=bob)
    sync()
    assert EventTime.objects.linked().count() == 2
    day = Span(at("00:00"), at("00:00", 1))
    assert list(get_calendar_times([bob], day)) == []
    assert len(get_busy(bob)) == 2


def test_nothing_but_the_time_of_a_personal_event_is_kept(dav, sync):
    dav.put("a", build_event("a", at("10:00"), "", "LOCATION:Clinic", "DESCRIPTION:Teeth", title="Dentist"))
    sync()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e::text || t::text FROM calendars_calendarevent e JOIN calendars_eventtime t ON t.event_id = e.id"
        )
        stored = cursor.fetchone()[0]
    assert not any(word in stored for word in ("Dentist", "Clinic", "Teeth"))
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    "line",
    ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com"],
    ids=["free", "canceled", "declined"],
)
def test_an_event_that_is_free_canceled_or_declined_keeps_no_one_busy(dav, sync, bob, line):
    dav.put("a", build_event("a", at("10:00"), "", line))
    sync()
    assert get_busy(bob) == []


def test_a_whole_day_is_busy_from_midnight_to_midnight_of_its_user(dav, sync, bob):
    bob.time_zone = "Europe/Bucharest"
    bob.save(update_fields=["time_zone"])
    dav.put("a", build_event("a", f";VALUE=DATE:{DAY:%Y%m%d}"))
    sync()
    found = EventTime.objects.get()
    zone = ZoneInfo("Europe/Bucharest")
    assert found.begins == datetime.combine(DAY, time(), zone)
    assert found.ends == datetime.combine(DAY + timedelta(days=1), time(), zone)


def test_a_whole_day_that_is_transparent_is_free(dav, sync, bob):
    dav.put("a", build_event("a", f";VALUE=DATE:{DAY:%Y%m%d}", "", "TRANSP:TRANSPARENT"))
    sync()
    assert get_busy(bob) == []


def test_a_moved_event_and_a_deleted_one(dav, sync, bob):
    dav.put("a", build_event("a", at("10:00")))
    dav.put("b", build_event("b", at("14:00")))
    sync()
    dav.put("a", build_event("a", at("12:00")))
    dav.delete("b")
    sync()
    assert get_busy(bob) == ["12:00-13:00"]
    assert CalendarEvent.objects.count() == 1


def test_an_event_that_cannot_be_read_keeps_what_was_known_and_the_others_follow(dav, sync, bob, monkeypatch):
    from calendars.connections import caldav_server

    dav.put("a", build_event("a", at("10:00")))
    sync()
    really = caldav_server.CalDavServer._fetch_texts
    monkeypatch.setattr(
        caldav_server.CalDavServer,
        "_fetch_texts",
        lambda self, paths: [
            (path, etag, b"no calendar" if path.endswith("a.ics") else raw)
            for path, etag, raw in really(self, paths)
        ],
    )
    dav.put("a", build_event("a", at("08:00")))
    dav.put("b", build_event("b", at("14:00")))
    sync()
    assert get_busy(bob) == ["10:00-11:00", "14:00-15:00"]
