"""Which meetings and tasks a user's calendar gets, with which values, and what has become of those that it has."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from accounts.models import User
from calendars.events.event_values import EventValues
from calendars.models import CalendarEvent, ConnectedCalendar, EventTime
from calendars.syncing import own_items
from calendars.syncing.own_items import (
    OwnItem,
    build_items,
    get_linked_items,
    get_own_state,
    get_wanted_items,
)
from calendars.syncing.pair_decision import Ours
from calendars.verbs import AddCalendarMeeting
from crm.models import Activity, Task
from crm.records.history.verb_execution import operation
from leads.models import Lead

# It is Thursday already where Bob is.
NOW = datetime(2026, 5, 20, 22, 30, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
TOMORROW = NOW + timedelta(days=1)
SAME, CHANGED, GONE, OVER, HIDDEN = Ours


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def make_person(pk: int) -> User:
    return User(pk=pk, name="Bob", time_zone="Europe/Bucharest")


BOB, BEN = make_person(1), make_person(2)


def make_meeting(**values: Any) -> Activity:
    given = {
        "pk": 7,
        "type": "meeting",
        "outcome": "planned",
        "at": TOMORROW,
        "minutes": 45,
        "subject": "Demo",
    }
    return Activity(
        **{**given, "place": "Our office", "of": "lead", "record": 5, "created_by": BOB, **values}
    )


def make_paper_task(**values: Any) -> Task:
    given = {
        "pk": 7,
        "title": "Call",
        "description": "About the offer",
        "of": "lead",
        "record": 5,
        "user": BOB,
    }
    return Task(**{**given, "due_on": date(2026, 5, 21), "due_time": time(12, 15), **values})


class Case(NamedTuple):
    """What is different now, and the state of a meeting that Leadwell has written, and of one that came from the calendar."""

    changed: dict[str, Any]
    ours: Ours
    brought: Ours
    listed: bool = True
    erased: bool = False


DELETED = {"deleted_at": NOW}
PAST = {"at": NOW - HOUR, "minutes": 30}
MEETINGS = {
    "nothing": Case({}, SAME, SAME),
    "its title": Case({"subject": "Lunch"}, CHANGED, CHANGED),
    "its time": Case({"at": TOMORROW + HOUR}, CHANGED, CHANGED),
    "what no calendar has": Case({"text": "We talked"}, SAME, SAME),
    "it has begun": Case({"at": NOW - HOUR, "minutes": 61}, CHANGED, CHANGED),
    "it ends in a second": Case({"at": NOW + SECOND, "minutes": None}, CHANGED, CHANGED),
    "it ends now": Case({"at": NOW - HOUR, "minutes": 60}, OVER, OVER),
    "it is over": Case(PAST, OVER, OVER),
    "it was held earlier than planned": Case({"outcome": ""}, OVER, OVER),
    "no one came": Case({"outcome": "no_show"}, OVER, OVER),
    "it was deleted": Case(DELETED, GONE, GONE),
    "it was deleted after it was held": Case({**DELETED, "outcome": ""}, GONE, GONE),
    "it was deleted and is over": Case({**DELETED, **PAST}, OVER, OVER),
    "its record is out of reach": Case({}, GONE, HIDDEN, listed=False),
    "its record is out of reach, and it is over": Case(PAST, OVER, OVER, listed=False),
    "it is a colleague's": Case({"created_by": BEN}, GONE, HIDDEN),
    "its record was erased": Case({}, GONE, HIDDEN, erased=True),
    "its record was erased, and it is over": Case(PAST, GONE, HIDDEN, erased=True),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", MEETINGS.values(), ids=MEETINGS)
@pytest.mark.parametrize("ours", [True, False], ids=["written", "brought"])
def test_what_has_become_of_a_meeting(ours, case, now):
    before = OwnItem(make_meeting(), "Jan Novák", True, False)
    link = EventTime(ours=ours, agreed=before.get_values(ours=ours).digest)
    item = OwnItem(make_meeting(**case.changed), "Jan Novák", case.listed, case.erased)
    assert get_own_state(item, link, BOB) == (case.ours if ours else case.brought)


TASKS = {
    "nothing": Case({}, SAME, SAME),
    "its title": Case({"title": "Write"}, CHANGED, CHANGED),
    "its time": Case({"due_time": time(12, 30)}, CHANGED, CHANGED),
    "its description": Case({"description": "About the price"}, SAME, SAME),
    "its day has passed": Case({"due_on": date(2026, 5, 19)}, CHANGED, CHANGED),
    "it has no time any more": Case({"due_time": None}, GONE, GONE),
    "it is done": Case({"done_at": NOW}, GONE, GONE),
    "it was deleted": Case(DELETED, GONE, GONE),
    "it is a colleague's": Case({"user": BEN}, GONE, GONE),
    "it is no one's": Case({"user": None}, GONE, GONE),
    "its record is out of reach": Case({}, GONE, GONE, listed=False),
    "its record was erased": Case({}, GONE, HIDDEN, erased=True),
}


@pytest.mark.parametrize("case", TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("ours", [True, False], ids=["written", "brought"])
def test_what_has_become_of_a_task(ours, case, now):
    link = EventTime(
        ours=ours, agreed=OwnItem(make_paper_task(), "Jan", True, False).get_values(ours=ours).digest
    )
    item = OwnItem(make_paper_task(**case.changed), "Jan", case.listed, case.erased)
    assert get_own_state(item, link, BOB) == (case.ours if ours else case.brought)


def test_what_was_deleted_permanently_is_gone_or_was_only_brought():
    assert get_own_state(None, EventTime(ours=True), BOB) == GONE
    assert get_own_state(None, EventTime(ours=False), BOB) == HIDDEN


# What its last operation was, and the state of a meeting in Trash that came from the calendar.
UNDONE = {
    "the undo of adding it from the calendar": (AddCalendarMeeting.kind, HIDDEN),
    "the undo of another change": ("change_calendar_meeting", GONE),
    "a change of its own": ("", GONE),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("undoes", "state"), UNDONE.values(), ids=UNDONE)
def test_an_event_stays_if_adding_its_meeting_was_undone(undoes, state, now, bob):
    with operation(AddCalendarMeeting.kind, by=None) as adding:
        meeting = make_meeting(pk=None, created_by=bob)
        meeting.save()
    with operation(undoes or "test", by=None) as between:
        Activity.objects.filter(pk=meeting.pk).update(subject="Lunch")
    undone = {"": None, AddCalendarMeeting.kind: adding}.get(undoes, between)
    with operation("undo", by=None, undoes=undone):
        Activity.objects.filter(pk=meeting.pk).update(deleted_at=NOW)
    # Later changes of another meeting, and of a task with its number, are no changes of this one.
    with operation("test", by=None):
        make_meeting(pk=None, created_by=bob).save()
    with operation("test", by=None):
        make_paper_task(pk=meeting.pk, user=bob).save(force_insert=True)
    meeting.refresh_from_db()
    item = OwnItem(meeting, "Jan", True, False)
    assert get_own_state(item, EventTime(ours=False), bob) == state
    assert get_own_state(item, EventTime(ours=True), bob) == GONE


LINK = "https://leadwell.example/admin/leads/5/{}/7"
AT = TOMORROW.replace(microsecond=0)
# The item, and what its event has if Leadwell has written it, and if it came from the calendar.
BROUGHT = EventValues("Demo", "Our office", AT, AT + timedelta(minutes=45))
MEETING = EventValues("Demo – Jan Novák", "Our office", AT, AT + timedelta(minutes=45), link="activities")
DUE = datetime(2026, 5, 21, 9, 15, tzinfo=UTC)
TASK = EventValues("Call – Jan Novák", "", DUE, DUE + timedelta(minutes=30), "About the offer", "tasks")
HALF = AT + timedelta(minutes=30)
VALUES = {
    "a meeting": (make_meeting(), MEETING, BROUGHT),
    "a meeting with a fraction of a second": (make_meeting(at=AT + timedelta(microseconds=7)), MEETING, BROUGHT),
    "a meeting without a length": (
        make_meeting(minutes=None), replace(MEETING, ends=HALF), replace(BROUGHT, ends=HALF),
    ),
    "a meeting without a title": (
        make_meeting(subject=""), replace(MEETING, title="Meeting – Jan Novák"), replace(BROUGHT, title=""),
    ),
    "a task, on the clock of its user": (make_paper_task(), TASK, TASK),
}  # fmt: skip


@pytest.mark.parametrize(("row", "written", "brought"), VALUES.values(), ids=VALUES)
def test_what_an_event_has(row, written, brought, settings):
    settings.SITE_URL = "https://leadwell.example"
    item = OwnItem(row, "Jan Novák", True, False)
    for ours, expected in ((True, written), (False, brought)):
        link = LINK.format(expected.link) if expected.link else ""
        assert item.get_values(ours=ours) == replace(expected, link=link)
    assert item.is_meeting is isinstance(row, Activity)
    assert item.key == ("planned-7" if item.is_meeting else "task-7")


def test_a_task_without_a_time_has_no_place_in_a_calendar():
    item = OwnItem(make_paper_task(due_time=None), "Jan", True, False)
    with pytest.raises(ValueError, match="without a time"):
        item.get_values(ours=True)


# What is different from a meeting of Bob's in the next hour on a lead of his, and whether his calendar gets it. "lead" are the
# values of the lead.
PLANNED: dict[str, tuple[dict[str, Any], bool]] = {
    "his own": ({}, True),
    "one that begins now": ({"at": NOW}, True),
    "one that began a second ago": ({"at": NOW - SECOND}, False),
    "one in ten years": ({"at": NOW + timedelta(days=3650)}, True),
    "one of a colleague": ({"created_by": "ben"}, False),
    "one that was held": ({"outcome": ""}, False),
    "a call": ({"type": "call"}, False),
    "one in Trash": ({"deleted_at": NOW}, False),
    "one that is private to him": ({"private_to": "bob"}, True),
    "one that is private to a colleague": ({"private_to": "ben"}, False),
    "one of a lead in Trash": ({"lead": {"deleted_at": NOW}}, False),
    "one of a lead that he doesn't see": ({"lead": {"owner": "ben"}}, False),
    "one that a calendar has": ({"linked": "meeting"}, False),
    "one with the number of a task that a calendar has": ({"linked": "task"}, True),
}
OPEN: dict[str, tuple[dict[str, Any], bool]] = {
    "his own": ({}, True),
    "one of yesterday, on his clock": ({"due_on": date(2026, 5, 20)}, True),
    "one of the day before": ({"due_on": date(2026, 5, 19)}, False),
    "one in ten years": ({"due_on": date(2036, 5, 20)}, True),
    "one of a colleague": ({"user": "ben"}, False),
    "one of no one": ({"user": None}, False),
    "one without a time": ({"due_time": None}, False),
    "one that is done": ({"done_at": NOW}, False),
    "one in Trash": ({"deleted_at": NOW}, False),
    "one of a lead in Trash": ({"lead": {"deleted_at": NOW}}, False),
    "one of a lead that he doesn't see": ({"lead": {"owner": "ben"}}, False),
    "one that a calendar has": ({"linked": "task"}, False),
    "one with the number of a meeting that a calendar has": ({"linked": "meeting"}, True),
}


@pytest.fixture
def make_link(cast):
    """make_link(activity=7): what is linked to an event of a calendar of Ben's."""

    def make(**values: Any) -> EventTime:
        calendar, _new = ConnectedCalendar.objects.get_or_create(owner=cast.ben, path="/work")
        number = CalendarEvent.objects.count()
        event = CalendarEvent.objects.create(calendar=calendar, path=f"/{number}")
        return EventTime.objects.create(event=event, begins=NOW, ends=NOW, **values)

    return make


@pytest.fixture
def bob_there(bob):
    User.objects.filter(pk=bob.pk).update(time_zone="Europe/Bucharest")
    bob.time_zone = "Europe/Bucharest"
    return bob


def write_item(model: Any, values: dict[str, Any], cast: Any, make_lead: Any, make_link: Any) -> Any:
    values = {name: getattr(cast, one) if one in ("bob", "ben") else one for name, one in values.items()}
    lead, linked = values.pop("lead", {}), values.pop("linked", "")
    deleted = lead.get("deleted_at")
    row = make_lead(owner=getattr(cast, lead.get("owner", "bob")))
    with operation("test", by=None):
        Lead.objects.filter(pk=row.pk).update(deleted_at=deleted)
        item = model(**{"pk": None, "record": row.pk, **values})
        item.save()
    if linked:
        make_link(**{"activity" if linked == "meeting" else "task": item.pk})
    return item


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "wanted"), PLANNED.values(), ids=PLANNED)
def test_which_meetings_a_calendar_gets(values, wanted, cast, bob_there, make_lead, make_link, now):
    values = {"created_by": "bob", "at": NOW + HOUR, **values}
    meeting = write_item(make_meeting, values, cast, make_lead, make_link)
    assert [(item.row, item.record) for item in get_wanted_items(bob_there)] == (
        [(meeting, "Jan Novák")] if wanted else []
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "wanted"), OPEN.values(), ids=OPEN)
def test_which_tasks_a_calendar_gets(values, wanted, cast, bob_there, make_lead, make_link, now):
    task = write_item(make_paper_task, {"user": "bob", **values}, cast, make_lead, make_link)
    assert [item.row for item in get_wanted_items(bob_there)] == ([task] if wanted else [])


@pytest.mark.django_db
@pytest.mark.parametrize("most", [3, 2], ids=["all", "the next two of each"])
def test_the_next_ones_come_first_and_meetings_before_tasks(
    most, cast, bob_there, make_lead, make_link, now, monkeypatch
):
    monkeypatch.setattr(own_items, "MOST_MEETINGS", most)
    monkeypatch.setattr(own_items, "MOST_TASKS", most)
    for hours in (2, 1, 3):
        at = NOW + hours * HOUR
        write_item(
            make_meeting, {"created_by": "bob", "at": at, "subject": f"M{hours}"}, cast, make_lead, make_link
        )
        due = {"due_time": time(hours), "title": f"T{hours}"}
        write_item(make_paper_task, {"user": "bob", **due}, cast, make_lead, make_link)
    rows = [item.row for item in get_wanted_items(bob_there)]
    titles = [row.subject if isinstance(row, Activity) else row.title for row in rows]
    assert titles == [f"{kind}{number}" for kind in "MT" for number in (1, 2, 3)[:most]]


@pytest.mark.django_db
def test_what_links_lead_to(cast, bob, make_lead, make_contact, make_link):
    seen, hidden = make_lead("Jan Novák", owner=bob), make_lead("Ion Pop", owner=cast.ben)
    contact = make_contact("Ana Albu", owner=bob, pk=seen.pk)
    erased = make_lead("Eva Pop", owner=bob)
    with operation("test", by=None):
        Lead.objects.filter(pk=erased.pk).update(erased_at=NOW)
    rows: dict[str, Any] = {}
    for name, make, values in (
        ("meeting", make_meeting, {"pk": 901, "record": seen.pk, "created_by": bob}),
        # The same number as the meeting, and as the contact.
        ("task", make_paper_task, {"pk": 902, "record": hidden.pk, "user": cast.ben}),
        ("hidden meeting", make_meeting, {"pk": 902, "record": hidden.pk, "created_by": bob}),
        (
            "meeting of a contact",
            make_meeting,
            {"pk": 903, "of": "contact", "record": contact.pk, "created_by": bob},
        ),
        ("task of an erased lead", make_paper_task, {"pk": 901, "record": erased.pk, "user": bob}),
        ("task that isn't linked", make_paper_task, {"pk": 903, "record": seen.pk, "user": bob}),
    ):
        with operation("test", by=None):
            rows[name] = make(**values)
            rows[name].save(force_insert=True)
    links = {
        name: make_link(**{"activity" if isinstance(row, Activity) else "task": row.pk})
        for name, row in rows.items()
        if name != "task that isn't linked"
    }
    links["meeting that is gone"] = make_link(activity=999)
    links["task that is gone"] = make_link(task=999)
    found = get_linked_items(bob, iter(links.values()))
    names = {link.pk: name for name, link in links.items()}
    assert {
        names[pk]: (item.row, item.record, item.is_listed, item.is_erased) for pk, item in found.items()
    } == {
        "meeting": (rows["meeting"], "Jan Novák", True, False),
        "task": (rows["task"], "Ion Pop", False, False),
        "hidden meeting": (rows["hidden meeting"], "Ion Pop", False, False),
        "meeting of a contact": (rows["meeting of a contact"], "Ana Albu", True, False),
        "task of an erased lead": (
            rows["task of an erased lead"],
            str(Lead.objects.get(pk=erased.pk)),
            True,
            True,
        ),
    }


@pytest.mark.django_db
def test_the_item_of_a_record_that_was_deleted_permanently_names_none(bob):
    (item,) = build_items(bob, [make_meeting(record=999)])
    assert (item.record, item.is_listed, item.is_erased) == ("", False, False)
