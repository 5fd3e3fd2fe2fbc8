"""The same against Xandikos, which has other paths, etags and tokens."""

from datetime import UTC, datetime, timedelta

import pytest

from calendars.connections.caldav_server import CalDavServer
from calendars.models import EventTime
from crm.models import Activity
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity, carry_out_on_activity
from leads.models import Lead
from tests.calendars.serving import build_event, format_moment

pytestmark = pytest.mark.django_db
BEGINS = (datetime.now(UTC) + timedelta(days=10)).replace(hour=9, minute=0, second=0, microsecond=0)
ANA = "ATTENDEE:mailto:ana@client.example"


@pytest.fixture
def dav(xandikos, reachable):
    return xandikos.make_calendar()


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Acme", owner=bob, email="ana@client.example")


def test_its_calendars_are_found(calendar, dav):
    found = CalDavServer(calendar).find_account().calendars
    assert dav.path in [one.path for one in found]


def test_events_come_in_and_go_out_move_and_are_deleted_on_both_sides(lead, dav, sync, bob, calendar):
    dav.put("theirs", build_event("theirs", BEGINS, "", ANA, title="Theirs"))
    carry_out(AddActivity(bob, "meeting", at=BEGINS, subject="Ours", minutes=45), Lead.objects.all(), by=bob)
    ours = Activity.objects.get()
    name = f"leadwell-planned-{ours.pk}"
    sync()
    assert calendar.cursor.startswith("token:")
    theirs = Activity.objects.get(subject="Theirs")
    assert dav.list_names() == [name, "theirs"]
    dav.edit(
        name,
        DTSTART=format_moment(BEGINS + timedelta(hours=1)),
        DTEND=format_moment(BEGINS + timedelta(hours=2)),
    )
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + timedelta(hours=3)}), theirs, by=bob)
    sync()
    ours.refresh_from_db()
    assert (ours.at, ours.minutes) == (BEGINS + timedelta(hours=1), 60)
    assert f"DTSTART:{format_moment(BEGINS + timedelta(hours=3))}" in dav.get("theirs")
    carry_out_on_activity(DeleteActivity("meeting"), ours, by=bob)
    dav.delete("theirs")
    sync()
    assert dav.list_names() == []
    assert not Activity.objects.present().exists()
    sync()
    assert not EventTime.objects.exists()


def test_a_token_that_is_refused_reads_everything_once(lead, dav, sync, calendar):
    dav.put("a", build_event("a", BEGINS, "", ANA))
    dav.put("b", build_event("b", BEGINS + timedelta(days=1)))
    sync()
    calendar.cursor = "token:0000000000000000000000000000000000000000"
    calendar.save()
    dav.delete("b")
    sync()
    assert EventTime.objects.count() == 1
    assert Activity.objects.count() == 1
