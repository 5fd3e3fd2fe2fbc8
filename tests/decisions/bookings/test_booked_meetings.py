"""What a booking reads, locks and writes and in which order, to which time a meeting moves, and which meetings stay as they are."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from bookings import meeting_booking
from bookings.meeting_booking import NotFree, book_meeting, cancel_booking, lock_hosts, move_booking
from crm.models import Activity, Operation, Verdict
from crm.records.history.verb_execution import operation

BEGINS = datetime(2027, 6, 16, 9, tzinfo=UTC)
SENT: Any = SimpleNamespace()
EARLIER, NEW = SimpleNamespace(lead_id=6), SimpleNamespace(lead_id=7)


class Desk:
    """Takes bookings without the database, and notes what happens. `earlier` is what each look for the same form finds, `hosts` who
    is free at each look; no one raises NotFree."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.earlier: list[Any] = [None, None]
        self.hosts: list[list[Any]] = [[SimpleNamespace(pk=1, email="bob@example.com")]] * 2
        self.events: list[str] = []
        self.verb: Any = None
        self.rows: Any = None
        for name, stand_in in {
            "find_earlier_submission": lambda *asked: self.earlier.pop(0),
            "find_booking": lambda submission: f"booking of lead {submission.lead_id}",
            "find_hosts": self.find_hosts,
            "lock_hosts": lambda people: self.events.append(f"lock hosts {sorted(people)}"),
            "lock_pipelines": lambda pipelines: self.events.append(f"lock pipelines {pipelines}"),
            "receive_submission": self.receive,
            "carry_out": self.carry_out,
            "move_booked_lead": lambda page, submission: self.events.append(f"move {submission.lead_id}"),
        }.items():
            monkeypatch.setattr(meeting_booking, name, stand_in)

    def find_hosts(self, page: Any, begins: datetime) -> list[Any]:
        found = self.hosts.pop(0)
        if not found:
            raise NotFree
        return found

    def receive(self, form: Any, filled: Any, sent: Any) -> Any:
        self.events.append(f"receive for {form.owner}")
        return NEW

    def carry_out(self, verb: Any, rows: Any, **values: Any) -> None:
        self.verb, self.rows = verb, rows
        self.events.append("book")

    def book(self, email: str = "eva@example.com", **values: Any) -> Any:
        given = {
            "people": [2, 1],
            "status": None,
            "host_owns": False,
            "minutes": 30,
            "name": "Demo",
            "place": "",
        }
        page: Any = SimpleNamespace(**given | values, form=SimpleNamespace(owner="its owner"))
        filled: Any = SimpleNamespace(lead_values={"email": email} if email else {})
        # Without the transaction around it.
        return book_meeting.__wrapped__(page, BEGINS, filled, SENT, "UTC")  # type: ignore[attr-defined]


@pytest.fixture
def desk(monkeypatch) -> Desk:
    return Desk(monkeypatch)


LOCK = "lock hosts [1, 2]"
# What each look for the same form finds, which booking the visitor gets, and what happens.
SENDINGS: dict[str, tuple[list[Any], int, list[str]]] = {
    "the first time": ([None, None], 7, [LOCK, "receive for its owner", "book"]),
    "again": ([EARLIER], 6, []),
    "twice at once": ([None, EARLIER], 6, [LOCK]),
}


@pytest.mark.parametrize(("earlier", "lead", "events"), SENDINGS.values(), ids=SENDINGS)
def test_a_form_that_is_sent_again_books_nothing_more(earlier, lead, events, desk):
    desk.earlier = [*earlier]
    assert desk.book() == f"booking of lead {lead}"
    assert desk.events == events


def test_a_form_that_is_sent_again_finds_its_booking_although_the_time_is_taken_now(desk):
    """The time is taken by this booking."""
    desk.earlier, desk.hosts = [EARLIER], [[]]
    assert desk.book() == "booking of lead 6"


# Who is free at each look, and what happens before the visitor is refused.
TAKEN: dict[str, tuple[list[list[Any]], list[str]]] = {
    "before": ([[]], []),
    "while the visitor waited": ([[SimpleNamespace(pk=1)], []], [LOCK]),
}


@pytest.mark.parametrize(("hosts", "events"), TAKEN.values(), ids=TAKEN)
def test_nothing_is_received_for_a_time_that_is_taken(hosts, events, desk):
    desk.hosts = [*hosts]
    with pytest.raises(NotFree):
        desk.book()
    assert desk.events == events


def test_the_pipeline_of_the_new_status_is_locked_before_the_lead_that_is_moved_last(desk):
    desk.book(status=SimpleNamespace(pipeline_id=5))
    assert desk.events == [LOCK, "lock pipelines [5]", "receive for its owner", "book", "move 7"]


def test_who_is_free_after_the_lock_holds_the_meeting_and_gets_the_lead_if_the_page_says_so(desk):
    first, second = SimpleNamespace(pk=1, email="b"), "Ben"
    desk.hosts = [[first], [second]]
    desk.book(host_owns=True)
    assert desk.verb.by == second
    assert desk.events == [LOCK, "receive for Ben", "book"]


# The visitor's email, the emails of the people who are booked, and who is invited: the first of these people holds the meeting.
INVITED = {
    "the visitor": ("eva@example.com", ["bob@example.com"], "eva@example.com"),
    "the visitor and the others of the page": (
        "eva@example.com",
        ["bob@example.com", "ben@example.com"],
        "eva@example.com, ben@example.com",
    ),
    "the others, if the form asks for no email": (
        "",
        ["bob@example.com", "ben@example.com"],
        "ben@example.com",
    ),
    "each once": ("ben@example.com", ["bob@example.com", "ben@example.com"], "ben@example.com"),
    "no one": ("", ["bob@example.com"], ""),
}


@pytest.mark.parametrize(("email", "hosts", "invited"), INVITED.values(), ids=INVITED)
def test_who_is_invited_to_a_booked_meeting(email, hosts, invited, desk):
    desk.hosts = [[SimpleNamespace(email=address) for address in hosts] for _look in range(2)]
    desk.book(email)
    assert desk.verb.invited == invited


# Whether the author is active and someone is free at the new time, and whether the meeting moves.
MOVES = {
    "the author is free": (True, True, True),
    "no one is free": (True, False, False),
    "the author has left": (False, True, False),
}


@pytest.mark.parametrize(("active", "free", "moves"), MOVES.values(), ids=MOVES)
def test_whether_a_booking_moves(active, free, moves, monkeypatch):
    host = SimpleNamespace(pk=3, is_active=active)
    locked: list[Any] = []
    asked: list[Any] = []
    moved: list[Any] = []

    def find(page: Any, hosts: Any, begins: datetime, *, without_meeting: int) -> list[Any]:
        asked.append((hosts, begins, without_meeting, bool(locked)))
        return [host] if free else []

    monkeypatch.setattr(meeting_booking, "lock_hosts", locked.extend)
    monkeypatch.setattr(meeting_booking, "find_free_hosts", find)
    monkeypatch.setattr(
        meeting_booking, "_carry_out_on_meeting", lambda verb, *of: moved.append(verb.changes)
    )
    booking: Any = SimpleNamespace(
        activity=SimpleNamespace(pk=7, created_by=host),
        page=SimpleNamespace(people=[1, 2]),
        page_as_booked=SimpleNamespace(hosts=[host]),
    )
    # Without the transaction around it.
    move: Any = move_booking.__wrapped__  # type: ignore[attr-defined]
    if moves:
        move(booking, BEGINS)
    else:
        with pytest.raises(NotFree):
            move(booking, BEGINS)
    assert moved == ([{"at": BEGINS}] if moves else [])
    # Those of the page by now, and the author, who may no longer be one of them.
    assert sorted(locked) == [1, 2, 3]
    if active:
        # The people who have the meeting, for whom the time that it has now is free.
        assert asked == [([host], BEGINS, 7, True)]


HOUR = timedelta(hours=1)
# When the meeting begins from now, what else is so of it, who cancels it, where "" is the visitor, and whether it is canceled.
CANCELED: dict[str, tuple[timedelta, dict[str, Any], str, bool]] = {
    "by the visitor": (HOUR, {}, "", True),
    "by the author": (HOUR, {}, "bob", True),
    "by a user who can't change it": (HOUR, {}, "dan", False),
    "one that has begun": (-HOUR, {}, "", False),
    "one that took place": (HOUR, {"outcome": ""}, "", False),
    "one that is deleted": (HOUR, {"deleted": True}, "", False),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("begins", "values", "by", "canceled"), CANCELED.values(), ids=CANCELED)
def test_which_meetings_are_canceled(begins, values, by, canceled, cast, make_lead):
    lead, now = make_lead(owner=cast.bob), timezone.now()
    before = now - HOUR if values.get("deleted") else None
    given = {"of": "lead", "record": lead.pk, "type": "meeting", "at": now + begins, "created_by": cast.bob}
    outcome = values.get("outcome", "planned")
    with operation("test", by=None):
        meeting = Activity.objects.create(**given, outcome=outcome, deleted_at=before)
        other = Activity.objects.create(**given, outcome="planned")
    booking: Any = SimpleNamespace(activity=meeting)
    cancel_booking(booking, by=getattr(cast, by) if by else None)
    meeting.refresh_from_db()
    other.refresh_from_db()
    assert (meeting.deleted_at != before, other.deleted_at) == (canceled, None)
    records = Operation.objects.filter(kind="cancel_booked_meeting")
    assert [(one.table, one.matched, one.changed) for one in records] == (
        [("lead", 1, 1)] if canceled else []
    )
    assert list(Verdict.objects.filter(operation__in=records).values_list("ids", flat=True)) == (
        [[lead.pk]] if canceled else []
    )


# Whether what was sent has a lead, whether that was deleted, and whether it gets the meeting.
LEADS = {"a lead": (True, False, True), "a deleted lead": (True, True, False), "none": (False, False, False)}


@pytest.mark.django_db
@pytest.mark.parametrize(("has_lead", "deleted", "gets"), LEADS.values(), ids=LEADS)
def test_only_the_lead_of_what_was_sent_gets_the_meeting(
    has_lead, deleted, gets, desk, make_lead, monkeypatch
):
    lead, _other = make_lead(deleted_at=timezone.now() if deleted else None), make_lead()
    submission = SimpleNamespace(lead_id=lead.pk if has_lead else None)
    monkeypatch.setattr(meeting_booking, "receive_submission", lambda *asked: submission)
    desk.book()
    assert list(desk.rows) == ([lead] if gets else [])


@pytest.mark.django_db
def test_people_are_locked_in_the_order_of_their_ids_whatever_page_they_are_of(
    django_assert_num_queries,
):
    """So two pages with the same people never wait for each other."""
    with django_assert_num_queries(2) as asked:
        lock_hosts({29, 3, 17})
        lock_hosts([17, 29, 3])
    first, second = (query["sql"] for query in asked.captured_queries)
    assert first == second
    assert [int(number) for number in re.findall(r"\b(?:3|17|29)\b", first)] == [3, 17, 29]
