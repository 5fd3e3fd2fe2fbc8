"""How long syncs take: of 5,000 events, and of none that has changed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from calendars.connections import caldav_server
from calendars.models import CalendarEvent, EventTime
from crm.models import Activity
from tests.calendars.serving import build_event

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
EVENTS, KNOWN = 5_000, 20
FIRST, NO_CHANGE = 20, 0.3
BEGINS = (datetime.now(UTC) + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)


@pytest.fixture(params=["radicale", "xandikos"])
def dav(request, reachable):
    """A calendar whose events were there before anyone asked for them; one in 250 is with a lead."""
    made = request.getfixturevalue(request.param).make_calendar()
    texts = {}
    for number in range(EVENTS):
        known = ["ATTENDEE:mailto:ana@client.example"] if number % (EVENTS // KNOWN) == 0 else []
        texts[f"event{number}"] = build_event(
            f"event{number}",
            BEGINS + timedelta(hours=number),
            "",
            "LOCATION:Room 5",
            "DESCRIPTION:" + "words " * 40,
            *known,
        )
    made.server.fill(made.path, texts)
    # What the server computes once for each new file isn't part of a sync.
    assert len(made.list_names()) == EVENTS
    return made


@dataclass
class Timed:
    """Seconds by the clock, those of them in which the server was waited for, and how often it was called."""

    whole: float = 0
    of_server: float = 0
    calls: int = 0


@contextmanager
def timing() -> Iterator[Timed]:
    timed, really = Timed(), caldav_server.fetch_response

    def fetch(*arguments):
        begun = time.monotonic()
        answer = really(*arguments)
        timed.of_server += time.monotonic() - begun
        timed.calls += 1
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caldav_server, "fetch_response", fetch)
        begun = time.monotonic()
        yield timed
        timed.whole = time.monotonic() - begun


def test_five_thousand_events_take_twenty_seconds_and_no_change_a_third_of_one_without_the_server(
    dav, make_lead, bob, sync, calendar
):
    make_lead("Acme", owner=bob, email="ana@client.example")
    with timing() as first:
        sync()
    assert (CalendarEvent.objects.count(), EventTime.objects.count()) == (EVENTS, EVENTS)
    assert Activity.objects.count() == KNOWN
    sync()
    times = []
    for _time in range(5):
        with timing() as again:
            sync()
        times.append(again)
    again = sorted(times, key=lambda one: one.whole)[2]
    assert again.calls == 1
    assert first.whole < FIRST
    # Radicale reads all of its files for each answer: how long it takes says nothing about Leadwell.
    assert again.whole - again.of_server < NO_CHANGE
