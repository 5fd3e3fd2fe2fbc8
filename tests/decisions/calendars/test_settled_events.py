"""What an event that has changed or is gone does to the meeting or task that it is linked to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from calendars.models import EventTime
from calendars.syncing import event_storing
from calendars.syncing.own_items import OwnItem
from calendars.syncing.pair_decision import Ours, Pair, Step, Theirs
from crm.models import Activity
from crm.records.history.verb_execution import operation
from tests.decisions.calendars.test_stored_events import (
    ANA,
    BOB,
    HOUR,
    NOW,
    VALUES,
    add_known,
    calendar,
    make_event,
    make_item,
    make_time,
    store,
)

__all__ = ["add_known", "calendar", "make_item", "store"]

pytestmark = pytest.mark.django_db


class Seen(NamedTuple):
    """What is different from the event as it was agreed on, or None if it is gone; whether the meeting has changed to "Lunch", and how the pair is
    seen."""

    event: dict[str, Any] | None
    lunch: bool
    pair: Pair


SAME, CHANGED, GONE = Pair(Ours.SAME, Theirs.SAME), Ours.CHANGED, Theirs.GONE
LUNCH = replace(VALUES, title="Lunch")
LATER = datetime(2030, 1, 1, tzinfo=UTC)
PAST = replace(VALUES, begins=NOW - HOUR, ends=NOW)
SEEN = {
    "nothing has changed": Seen({}, False, SAME),
    "the event has changed": Seen({"values": LUNCH}, False, replace(SAME, theirs=Theirs.CHANGED)),
    "the meeting has changed": Seen({}, True, replace(SAME, ours=CHANGED)),
    "both have changed to the same": Seen({"values": LUNCH}, True, Pair(CHANGED, Theirs.CHANGED, equal=True)),
    "both have changed": Seen({"values": replace(VALUES, title="Tea")}, True, Pair(CHANGED, Theirs.CHANGED)),
    "the event is newer": Seen({"modified": LATER}, False, replace(SAME, theirs_newer=True)),
    "the event is older": Seen({"modified": NOW - 9_000 * HOUR}, False, SAME),
    "the event was canceled": Seen({"canceled": True}, False, replace(SAME, theirs=GONE)),
    "the user declined": Seen({"declined": (BOB,)}, False, replace(SAME, theirs=GONE)),
    "someone else declined": Seen({"declined": (ANA,)}, False, SAME),
    "canceled and declined": Seen({"canceled": True, "declined": (BOB,)}, False, replace(SAME, theirs=GONE)),
    "the event is gone": Seen(None, False, Pair(Ours.SAME, GONE, ahead=False)),
    "the event ends now": Seen({"values": PAST}, False, Pair(Ours.SAME, Theirs.CHANGED, ahead=False)),
    "the event ends in a moment": Seen(
        {"values": replace(PAST, ends=NOW + timedelta(seconds=1))},
        False,
        replace(SAME, theirs=Theirs.CHANGED),
    ),
    "someone else organizes it": Seen({"organizer": ANA}, False, replace(SAME, organized_elsewhere=True)),
}


@pytest.mark.parametrize("case", SEEN.values(), ids=SEEN)
def test_how_an_event_and_its_meeting_are_compared(case, store, add_known, make_item, monkeypatch):
    meeting = make_item("meeting")
    with operation("test", by=None):
        Activity.objects.update(place="Office", minutes=60, subject="Lunch" if case.lunch else "Demo")
    add_known(recurrence="1", activity=meeting.pk, agreed=VALUES.digest)
    pairs: list[Pair] = []
    monkeypatch.setattr(event_storing, "decide", lambda pair: pairs.append(pair) or Step.NOTHING)
    # Another time of the event isn't linked, and so isn't compared.
    add_known(recurrence="3")
    times = [] if case.event is None else [make_time("1", **case.event)]
    store(make_event("/1", *times, make_time("2")))
    assert pairs == [case.pair]


# When the event and the meeting were changed; whether the event is newer.
NEWER = {
    "the event later": (NOW, NOW - HOUR, True),
    "the event earlier": (NOW - HOUR, NOW, False),
    "both at once": (NOW, NOW, False),
    "the event at an unknown time": (None, NOW, False),
    "a meeting that is gone": (NOW, None, True),
}


@pytest.mark.parametrize(("modified", "changed", "newer"), NEWER.values(), ids=NEWER)
def test_which_side_is_newer(modified, changed, newer):
    assert event_storing._is_newer(make_time(modified=modified), changed) is newer
    assert event_storing._is_newer(None, changed) is False


class Done(NamedTuple):
    """The step, whether the event is there; the call for the item, and what becomes of the link: its digest, "cut", "" for none, or "as it was"."""

    step: Step
    there: bool
    call: str
    link: str


DONE = {
    "canceled with the event": Done(Step.CANCEL, False, "cancel", ""),
    "canceled, and the event is there": Done(Step.CANCEL, True, "cancel", "cut"),
    "released, and the event is gone": Done(Step.RELEASE, False, "", ""),
    "released, and the event is there": Done(Step.RELEASE, True, "", "cut"),
    "applied": Done(Step.APPLY, True, "apply", "agreed"),
    "applied to an event that is gone": Done(Step.APPLY, False, "", "as it was"),
    "agreed": Done(Step.AGREE, True, "", "agreed"),
    "agreed without the event": Done(Step.AGREE, False, "", "as it was"),
    "written later": Done(Step.WRITE, True, "", "as it was"),
    "removed later": Done(Step.REMOVE, True, "", "as it was"),
    "put back later": Done(Step.PUT_BACK, True, "", "as it was"),
    "nothing": Done(Step.NOTHING, True, "", "as it was"),
}


@pytest.mark.parametrize("case", DONE.values(), ids=DONE)
def test_what_a_step_does(case, add_known, calendar, bob, monkeypatch):
    at = add_known(activity=7, agreed="x", ours=True)
    second = add_known("/2", "b", activity=8, agreed="x", ours=True)
    calls: list[str] = []
    monkeypatch.setattr(event_storing, "cancel_item", lambda user, item: calls.append("cancel"))
    monkeypatch.setattr(event_storing, "apply_values", lambda user, item, values, ours: calls.append("apply"))
    batch = event_storing._Batch(calendar, bob)
    one, pk = make_time() if case.there else None, at.pk
    event_storing._carry_out(case.step, batch, at, one, OwnItem(Activity(), "", True, False))
    assert calls == ([case.call] if case.call else [])
    expected = {
        "": [],
        "cut": [(None, "", False)],
        "agreed": [(7, VALUES.digest, True)],
        "as it was": [(7, "x", True)],
    }
    columns = ("activity", "agreed", "ours")
    assert list(EventTime.objects.filter(pk=pk).values_list(*columns)) == expected[case.link]
    assert list(EventTime.objects.filter(pk=second.pk).values_list(*columns)) == [(8, "x", True)]
    assert batch.unlinked == ([(at, one)] if case.link == "cut" else [])
