"""What is kept of the events of a calendar, and what one that changed or is gone does to its meeting or task."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone, translation

from calendars.events.event_values import EventValues, ReadEvent, ReadTime
from calendars.models import CalendarEvent, ConnectedCalendar, EventTime
from calendars.syncing import event_storing
from calendars.syncing.event_storing import remove_events, store_events
from calendars.syncing.pair_decision import Step
from crm.models import Activity, Task
from crm.platform.web.calendar_files import get_site_host
from crm.records.history.verb_execution import operation

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
BEGINS = NOW + timedelta(days=1)
HOUR = timedelta(hours=1)
VALUES = EventValues("Demo", "Office", BEGINS, BEGINS + HOUR)
BOB, ANA, ELSE = "bob@example.com", "ana@a.example", "else@a.example"


def make_time(recurrence: str = "", **values: Any) -> ReadTime:
    given = {"busy": True, "canceled": False, "private": False, "organizer": "", "modified": None}
    given |= {"values": VALUES, "people": (), "declined": (), **values}
    return ReadTime(recurrence, **given)


def make_event(path: str = "/1", *times: ReadTime, **values: Any) -> ReadEvent:
    return ReadEvent(path, **{"etag": "1", "uid": "a", "times": times or (make_time(),), **values})


@pytest.fixture
def calendar(bob, monkeypatch) -> ConnectedCalendar:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return ConnectedCalendar.objects.create(owner=bob, path="/work", known_as=BOB)


@pytest.fixture
def other(ben) -> ConnectedCalendar:
    return ConnectedCalendar.objects.create(owner=ben, path="/work", known_as="ben@example.com")


@pytest.fixture
def store(calendar, bob):
    def stored(*events: ReadEvent, gone: Any = ()) -> None:
        store_events(calendar, bob, events, gone)

    return stored


@pytest.fixture
def add_known(calendar):
    """add_known("/1", "a", activity=7): an event that was read before, with one time."""

    def add(
        path: str = "/1", uid: str = "a", recurrence: str = "", of: Any = None, **values: Any
    ) -> EventTime:
        event, _new = CalendarEvent.objects.get_or_create(
            calendar=of or calendar, path=path, defaults={"uid": uid}
        )
        given = {"begins": BEGINS, "ends": BEGINS, "busy": False, **values}
        return EventTime.objects.create(event=event, recurrence=recurrence, **given)

    return add


INVITED = f"meeting-7@{get_site_host()}"
# What is different from an event of the user alone, whether it keeps them busy, and whether someone else organizes it.
FILLED: dict[str, tuple[dict[str, Any], str, bool, bool]] = {
    "an event of one's own": ({}, "a", True, False),
    "one that is shown as free": ({"busy": False}, "a", False, False),
    "one that the user organizes": ({"organizer": BOB}, "a", True, False),
    "one that someone else organizes": ({"organizer": ANA}, "a", True, True),
    "one that the user declined": ({"organizer": ANA, "declined": (BOB,)}, "a", False, True),
    "one that someone else declined": ({"declined": (ANA,)}, "a", True, False),
    "one that Leadwell invited to": ({}, INVITED, False, False),
    "one that another program names so": ({}, "meeting-7@other.example", True, False),
    "one of Leadwell that is no invitation": ({}, f"planned-7@{get_site_host()}", True, False),
}


@pytest.mark.parametrize(("values", "uid", "busy", "elsewhere"), FILLED.values(), ids=FILLED)
@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_when_an_event_keeps_its_user_busy(known, values, uid, busy, elsewhere, store, add_known):
    if known:
        add_known(uid=uid, busy=not busy, organized_elsewhere=not elsewhere)
    store(make_event("/1", make_time(**values), uid=uid))
    at = EventTime.objects.get()
    assert (at.begins, at.ends) == (BEGINS, BEGINS + HOUR)
    assert (at.busy, at.organized_elsewhere) == (busy, elsewhere)


class Kept(NamedTuple):
    """An event that is read, the paths that are gone; the path, name, series mark and version of what is kept, and whether that is the known row."""

    event: ReadEvent
    gone: tuple[str, ...]
    row: tuple[str, str, bool, str]
    same: bool
    rows: int = 1


# The known event is at /1 and has the name "a".
KEPT = {
    "the same": Kept(make_event("/1", etag="2"), (), ("/1", "a", False, "2"), True),
    "a series by now": Kept(make_event("/1", recurring=True), (), ("/1", "a", True, "1"), True),
    "with another name": Kept(make_event("/1", uid="b"), (), ("/1", "b", False, "1"), True),
    "one that can't be read": Kept(
        make_event("/1", uid="", etag="2", times=(), is_readable=False), (), ("/1", "a", False, "2"), True
    ),
    "moved to another path": Kept(make_event("/2"), ("/1",), ("/2", "a", False, "1"), True),
    "moved to another path beside others that are gone": Kept(
        make_event("/2"), ("/0", "/1", "/3"), ("/2", "a", False, "1"), True
    ),
    "copied to another path": Kept(make_event("/2"), (), ("/2", "a", False, "1"), False, 2),
    "copied while another one is gone": Kept(make_event("/2"), ("/3",), ("/2", "a", False, "1"), False, 2),
    "another one": Kept(make_event("/2", uid="b"), ("/1",), ("/2", "b", False, "1"), False, 2),
    "one without a name": Kept(make_event("/2", uid=""), ("/1",), ("/2", "", False, "1"), False, 2),
    "with a long name": Kept(make_event("/1", uid="b" * 501), (), ("/1", "b" * 500, False, "1"), True),
}  # fmt: skip


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT)
def test_which_row_an_event_has(case, store, add_known, other):
    known = add_known().event
    add_known("/1", of=other)
    store(case.event, gone=case.gone)
    row = CalendarEvent.objects.exclude(calendar=other).get(path=case.event.path)
    assert (row.path, row.uid, row.recurring, row.etag) == case.row
    assert (row.pk == known.pk) is case.same
    assert row.read_at == NOW
    assert CalendarEvent.objects.exclude(calendar=other).count() == case.rows
    assert CalendarEvent.objects.get(calendar=other).etag == ""
    times = list(EventTime.objects.filter(event=row))
    assert len(times) == 1
    # Of what can't be read, the times stay as they were.
    assert (times[0].ends == BEGINS) is not case.event.is_readable


@pytest.mark.parametrize("uid", ["a", ""], ids=["with one name", "without a name"])
def test_a_row_that_is_known_or_has_no_name_is_never_taken_for_another_one(uid, store, add_known):
    first, gone = add_known("/1", uid).event, add_known("/3", uid).event
    events = [make_event("/1", uid=uid)] + ([] if uid else [make_event("/2", uid="")])
    store(*events, gone=("/3",))
    rows = dict(CalendarEvent.objects.values_list("path", "pk"))
    assert (rows["/1"], rows["/3"]) == (first.pk, gone.pk)
    assert len(rows) == len(events) + 1


def test_the_times_of_a_series_come_and_go(store, add_known):
    for one in ("1", "2"):
        add_known(recurrence=one)
    store(make_event("/1", make_time("2"), make_time("3")), make_event("/2", uid="b"))
    found = EventTime.objects.order_by("event__path", "recurrence").values_list(
        "event__path", "recurrence", "busy"
    )
    assert list(found) == [("/1", "2", True), ("/1", "3", True), ("/2", "", True)]


@pytest.fixture
def make_item(cast, make_lead):
    """make_item("meeting", by="ben"): one of a lead."""

    def make(kind: str, by: str = "bob") -> Any:
        lead, user = make_lead(owner=cast.bob), getattr(cast, by)
        with operation("test", by=None):
            if kind == "task":
                return Task.objects.create(title="Call", of="lead", record=lead.pk, user=user)
            values = {"type": kind, "outcome": "planned", "at": BEGINS, "subject": "Demo"}
            return Activity.objects.create(of="lead", record=lead.pk, created_by=user, **values)

    return make


# The kind of what is named and whose it is; how the event names it, its recurrence, and whether another event has it already; the
# column that it is linked by, or "".
NAMED: dict[str, tuple[str, str, str, str, bool, str]] = {
    "a meeting": ("meeting", "bob", "planned-{}@{}", "", False, "activity"),
    "a task": ("task", "bob", "task-{}@{}", "", False, "task"),
    "a meeting of a colleague": ("meeting", "ben", "planned-{}@{}", "", False, ""),
    "a task of a colleague": ("task", "ben", "task-{}@{}", "", False, ""),
    "a call": ("call", "bob", "planned-{}@{}", "", False, ""),
    "a meeting as a task": ("meeting", "bob", "task-{}@{}", "", False, ""),
    "a task as a meeting": ("task", "bob", "planned-{}@{}", "", False, ""),
    "a meeting that another event has": ("meeting", "bob", "planned-{}@{}", "", True, ""),
    "a task that another event has": ("task", "bob", "task-{}@{}", "", True, ""),
    "one of a series": ("meeting", "bob", "planned-{}@{}", "20260521", False, ""),
    "of another installation": ("meeting", "bob", "planned-{}@x{}", "", False, ""),
    "with more in its name": ("meeting", "bob", "planned-{}@{}x", "", False, ""),
    "an invitation": ("meeting", "bob", "meeting-{}@{}", "", False, ""),
}


@pytest.mark.parametrize(("kind", "by", "name", "recurrence", "taken", "column"), NAMED.values(), ids=NAMED)
def test_which_event_is_linked_to_what_leadwell_wrote(
    kind, by, name, recurrence, taken, column, store, add_known, make_item, other, monkeypatch
):
    make_item("task" if kind == "task" else "meeting")
    item = make_item(kind, by)
    if taken:
        add_known("/9", of=other, **{"task" if kind == "task" else "activity": item.pk})
    monkeypatch.setattr(event_storing, "_settle_links", lambda batch: settled.extend(batch.linked))
    settled: list[Any] = []
    uid = name.format(item.pk, get_site_host())
    store(make_event("/1", make_time(recurrence), uid=uid), make_event("/2", uid="other"))
    at = EventTime.objects.get(event__path="/1")
    assert (at.activity, at.task) == tuple(item.pk if column == one else None for one in ("activity", "task"))
    assert at.ours is bool(column)
    assert [one.pk for one, _read in settled] == ([at.pk] if column else [])
    assert not EventTime.objects.get(event__path="/2").is_linked


def test_of_two_copies_of_one_event_the_first_is_linked(store, make_item):
    uid = f"planned-{make_item('meeting').pk}@{get_site_host()}"
    store(make_event("/1", uid=uid), make_event("/2", uid=uid))
    assert sorted(EventTime.objects.values_list("activity", flat=True), key=str) == sorted(
        [Activity.objects.get().pk, None], key=str
    )


# The people of a new event; what is different about it; whether a colleague's calendar has the same time or another one as a meeting;
# and whether it becomes a meeting.
IMPORTED: dict[str, tuple[tuple[str, ...], dict[str, Any], str, bool]] = {
    "someone known": ((ANA,), {}, "", True),
    "someone known beside the user": ((BOB, ANA), {}, "", True),
    "no one": ((), {}, "", False),
    "someone unknown": ((ELSE,), {}, "", False),
    "the user alone, who is known too": ((BOB,), {}, "", False),
    "a private event": ((ANA,), {"private": True}, "", False),
    "one that a colleague has as a meeting": ((ANA,), {}, "the same time", False),
    "one of which a colleague has another time": ((ANA,), {}, "another time", True),
    "another one that a colleague has": ((ANA,), {}, "another event", True),
}


@pytest.mark.parametrize(("people", "values", "elsewhere", "imported"), IMPORTED.values(), ids=IMPORTED)
def test_which_new_event_becomes_a_meeting(
    people, values, elsewhere, imported, store, add_known, other, make_lead, bob, monkeypatch
):
    lead = make_lead(owner=bob, email=ANA)
    make_lead(owner=bob, email=BOB)
    if elsewhere:
        uid = "b" if elsewhere == "another event" else "a"
        recurrence = "2" if elsewhere == "another time" else "1"
        add_known("/9", uid, recurrence, of=other, activity=99)
    made: list[Any] = []
    monkeypatch.setattr(
        event_storing, "import_meeting", lambda user, at, one, place: made.append((at.recurrence, place))
    )
    store(make_event("/1", make_time("1", people=people, **values), make_time("3", people=(ELSE,))))
    assert made == ([("1", ("lead", lead.pk))] if imported else [])


def test_an_event_without_a_name_is_no_one_elses(store, add_known, other, make_lead, bob, monkeypatch):
    make_lead(owner=bob, email=ANA)
    add_known("/9", "", "", of=other, activity=99)
    made: list[Any] = []
    monkeypatch.setattr(event_storing, "import_meeting", lambda *given: made.append(given))
    store(make_event("/1", make_time(people=(ANA,)), uid=""))
    assert len(made) == 1


def test_a_linked_event_isnt_imported_once_more(store, add_known, make_item, make_lead, bob, monkeypatch):
    make_lead(owner=bob, email=ANA)
    meeting = make_item("meeting")
    monkeypatch.setattr(event_storing, "decide", lambda pair: Step.NOTHING)
    made: list[Any] = []
    monkeypatch.setattr(event_storing, "import_meeting", lambda *given: made.append(given))
    add_known(activity=meeting.pk)
    uid = f"planned-{make_item('meeting').pk}@{get_site_host()}"
    own = make_event("/2", make_time(people=(ANA,)), uid=uid)
    store(make_event("/1", make_time(people=(ANA,))), own)
    assert made == []


def test_events_that_are_gone_are_removed_with_their_links_settled(
    calendar, other, add_known, bob, monkeypatch
):
    paths = [f"/{number:03}" for number in range(501)]
    CalendarEvent.objects.bulk_create(CalendarEvent(calendar=calendar, path=path) for path in paths)
    linked = [add_known(path, activity=number) for number, path in enumerate((paths[0], paths[500]), 1)]
    left, theirs = add_known("/left"), add_known(paths[0], of=other)
    settled: list[Any] = []
    monkeypatch.setattr(event_storing, "_settle_links", lambda batch: settled.extend(batch.linked))
    remove_events(calendar, bob, {*paths})
    assert settled == [(linked[0], None), (linked[1], None)]
    assert set(CalendarEvent.objects.all()) == {left.event, theirs.event}


# The language of the user and of the company, and the one in which meetings are written.
LANGUAGES = {
    "of the user": ("ro", "en", "ro"),
    "of the company": ("", "ro", "ro"),
    "of both": ("en", "ro", "en"),
}


@pytest.mark.parametrize(("own", "company", "language"), LANGUAGES.values(), ids=LANGUAGES)
def test_in_which_language_meetings_are_written(own, company, language, calendar, bob, monkeypatch):
    found: list[str] = []
    bob.language = own
    monkeypatch.setattr(event_storing, "get_company_language", lambda: company)
    monkeypatch.setattr(
        event_storing, "_settle_links", lambda batch: found.append(translation.get_language())
    )
    store_events(calendar, bob, [make_event()], ())
    remove_events(calendar, bob, ["/1"])
    assert found == [language, language]
