"""How long syncs take: of 5,000 events, and of none that has changed."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from calendars.connections import caldav_server
from calendars.models import CalendarEvent, EventTime
from crm.models import Activity
from tests.calendars.serving import build_event

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
EVENTS, KNOWN = 5_000, 20
FIRST, NO_CHANGE = 10, 0.3
BEGINS = (datetime.now(UTC) + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def full(dav):
    """A calendar whose events were there before anyone asked for them; one in 250 is with a lead."""
    folder = dav.server.folder / "data" / "collection-root" / dav.path.strip("/")
    for number in range(EVENTS):
        known = ["ATTENDEE:mailto:ana@client.example"] if number % (EVENTS // KNOWN) == 0 else []
        text = build_event(
            f"event{number}",
            BEGINS + timedelta(hours=number),
            "",
            "LOCATION:Room 5",
            "DESCRIPTION:" + "words " * 40,
            *known,
        )
        (folder / f"event{number}.ics").write_text(text, newline="")
    # What the server computes once for each new file isn't part of a sync.
    assert len(dav.list_names()) == EVENTS
    return dav


def test_five_thousand_events_take_ten_seconds_and_no_change_a_third_of_one_without_the_server(
    full, make_lead, bob, sync, calendar, monkeypatch
):
    make_lead("Acme", owner=bob, email="ana@client.example")
    waited = []
    really = caldav_server.fetch_response

    def fetch(*arguments):
        begun = time.monotonic()
        answer = really(*arguments)
        waited.append(time.monotonic() - begun)
        return answer

    monkeypatch.setattr(caldav_server, "fetch_response", fetch)
    begun = time.monotonic()
    sync()
    first, of_server = time.monotonic() - begun, sum(waited)
    assert (CalendarEvent.objects.count(), EventTime.objects.count()) == (EVENTS, EVENTS)
    assert Activity.objects.count() == KNOWN
    sync()
    times = []
    for _time in range(5):
        waited.clear()
        begun = time.monotonic()
        sync()
        times.append((time.monotonic() - begun, sum(waited)))
    again, again_of_server = sorted(times)[2]
    # Radicale reads all of its files for each answer: how long it takes says nothing about Leadwell.
    assert first - of_server < FIRST
    assert again - again_of_server < NO_CHANGE
