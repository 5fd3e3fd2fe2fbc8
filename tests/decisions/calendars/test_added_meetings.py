"""On which record an event of a connected calendar becomes a meeting, and when it becomes none."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from calendars.events.event_values import EventValues
from calendars.models import CalendarEvent, ConnectedCalendar, EventTime
from calendars.syncing.meeting_import import find_record, import_meeting, is_importable
from crm.models import Activity
from crm.records.history.verb_execution import operation

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


BEGINS = datetime(2099, 1, 5, 10, tzinfo=UTC)


class Case(NamedTuple):
    """What the event becomes: the meeting that is "there" already, an "added" one, or none. The meeting that is there is Bob's, planned, and like
    the event, unless its values say otherwise."""

    becomes: str
    there: dict[str, Any] | None = None
    linked: bool = False
    owner: str = "bob"
    rights: bool = True


MEETINGS = {
    "no meeting is there": Case("added"),
    "the same one was typed in": Case("there", {}),
    "it is linked to another event": Case("added", {}, linked=True),
    "another title": Case("added", {"subject": "Lunch"}),
    "another time": Case("added", {"at": BEGINS + timedelta(minutes=5)}),
    "that of a colleague": Case("added", {"created_by": "ben"}),
    "one in Trash": Case("added", {"deleted_at": datetime(2026, 1, 5, tzinfo=UTC)}),
    "one that was held": Case("added", {"outcome": ""}),
    "a call": Case("added", {"type": "call"}),
    "one of a contact with the number of the lead": Case("added", {"of": "contact"}),
    "a lead that the user may not change": Case("", owner="ben"),
    "a user who may change no leads": Case("", rights=False),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", MEETINGS.values(), ids=MEETINGS)
def test_what_an_event_becomes(case, cast, make_lead):
    bob = cast.bob
    lead, other = make_lead(owner=getattr(cast, case.owner)), make_lead(owner=bob)
    calendar = ConnectedCalendar.objects.create(owner=bob, path="/work", known_as=bob.email)
    times = [
        EventTime.objects.create(
            event=CalendarEvent.objects.create(calendar=calendar, path=path), begins=BEGINS, ends=BEGINS
        )
        for path in ("/new", "/old")
    ]
    values = {"of": "lead", "type": "meeting", "outcome": "planned", "at": BEGINS, "subject": "Demo"}
    there = None
    with operation("test", by=None):
        if case.there is not None:
            who = getattr(cast, case.there.get("created_by", "bob"))
            there = Activity.objects.create(record=lead.pk, **values | case.there | {"created_by": who})
        # The same with another lead says nothing.
        Activity.objects.create(record=other.pk, created_by=bob, **values)
    if case.linked:
        EventTime.objects.filter(pk=times[1].pk).update(activity=there.pk)
    if not case.rights:
        vars(bob).update(granted_permissions=bob.get_all_permissions() - {"leads.change_lead"})
    read: Any = EventValues("Demo", "Our office", BEGINS, BEGINS + timedelta(minutes=45))
    before = set(Activity.objects.values_list("pk", flat=True))
    import_meeting(bob, times[0], SimpleNamespace(values=read), ("lead", lead.pk))
    times[0].refresh_from_db()
    added = Activity.objects.exclude(pk__in=before)
    expected = {"added": [one.pk for one in added], "there": [there and there.pk], "": [None]}[case.becomes]
    assert [times[0].activity] == expected
    assert (times[0].ours, times[0].agreed) == (False, read.digest if case.becomes else "")
    columns = ("record", "type", "outcome", "at", "minutes", "subject", "place", "text")
    meeting = (
        lead.pk, "meeting", "planned", BEGINS, 45, "Demo", "Our office", "From Bob’s calendar.",
    )  # fmt: skip
    assert list(added.values_list(*columns)) == ([meeting] if case.becomes == "added" else [])
