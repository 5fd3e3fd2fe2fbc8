"""Assistants read calendars and booking pages, and book, move and cancel meetings only if they may send: marked, previewed, undone."""

from datetime import timedelta

import pytest

from accounts.free_busy.free_times import DAY as ONE_DAY
from bookings.models import Booking
from crm.api.token_scopes import get_all_rights
from crm.models import Activity, Invitation, Operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads.models import Lead
from tests.bookings.conftest import DAY, at, hosts, make_form, make_page

__all__ = ["hosts", "make_form", "make_page"]

SENDS = {"may_send": True}
FIRST, LATER = f"{DAY}T10:00:00Z", f"{DAY}T14:00:00Z"


@pytest.fixture
def page(make_page):
    return make_page(minutes=60)


@pytest.fixture
def zoe(make_lead, hosts):
    return make_lead("Zoe Stone", owner=hosts[1], email="zoe@stone.example")


@pytest.fixture
def me(assistant, ada, page):
    return assistant(ada, limits=SENDS, name="Claude")


@pytest.fixture
def booked(me, zoe) -> dict:
    return me.use("book_meeting", booking_page="Consultation", at=FIRST, lead=zoe.pk)


def test_busy_times_go_by_names_and_have_no_words(me, hosts, zoe):
    meeting = AddActivity(hosts[1], "meeting", at=at("10:00"), subject="Secret talk", minutes=60)
    carry_out(meeting, Lead.objects.filter(pk=zoe.pk), by=hosts[1])
    found = me.use(
        "list_busy_times", users=["Bob", "me"], **{"from": str(DAY), "to": str(DAY)}, zone="UTC", free=True
    )["data"]
    ada, bob = found["users"]
    assert (ada["busy"], bob["busy"]) == ([], [{"from": FIRST, "to": f"{DAY}T11:00:00Z"}])
    assert [span["from"] for span in found["all_free"]] == [f"{DAY}T09:00:00Z", f"{DAY}T11:00:00Z"]
    assert "Secret" not in str(found)


def test_a_department_goes_by_its_name(me, departments):
    assert me.use("list_busy_times", department=departments.sales.name)["data"]["users"]


def test_free_times_come_in_pages_without_a_gap_or_a_repetition(me, page):
    found: list[str] = []
    sent = {"booking_page": "Consultation", "limit": 10, "from": str(DAY)}
    for _page in range(4):
        answer = me.use("find_booking_times", **sent)["data"]
        found += answer["times"]
        sent["from"] = answer["next"]
    path = f"booking-pages/{page.pk}/times"
    days = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    assert len(found) == len(set(found)) == 40
    assert found == sorted(found)
    assert found[:3] == [f"{DAY}T09:00:00Z", f"{DAY}T09:30:00Z", FIRST]
    assert {time[:10] for time in found} == {str(day) for day in days}, path


def test_after_the_last_free_time_there_is_none(me, make_page, page):
    make_page(name="Short", slug="short", days_ahead=1, notice_hours=0, form=page.form)
    answer = me.use("find_booking_times", booking_page="Short", **{"from": "2099-01-01"})["data"]
    assert (answer["times"], answer["next"]) == ([], None)


def test_pages_have_what_is_needed_to_book(me, page):
    (found,) = me.use("list_booking_pages")["data"]["booking_pages"]
    assert (found["id"], found["open"], found["minutes"]) == (page.pk, True, 60)
    assert found["questions"][1]["name"] == "email"


def test_a_booking_for_a_lead_is_on_it_and_marked_as_the_assistants(booked, me, zoe, ada):
    made = booked["data"]["booking"]
    assert (made["record"], made["at"], made["state"]) == (zoe.pk, FIRST, "planned")
    meeting = Activity.objects.meetings().get()
    assert (meeting.record, meeting.invited) == (zoe.pk, "zoe@stone.example")
    assert Invitation.objects.get().to == ["zoe@stone.example"]
    marked = Operation.objects.filter(pk__in=booked["changes"])
    assert {(row.channel, row.token_id) for row in marked} == {("assistant", me.token.pk)}
    assert marked.filter(kind="book_meeting").exists()


def test_answers_come_before_what_the_lead_says(me, zoe):
    answers = {"email": "other@stone.example"}
    made = me.use("book_meeting", booking_page="Consultation", at=FIRST, lead=zoe.pk, answers=answers)
    assert made["data"]["booking"]["record"] == zoe.pk
    assert Invitation.objects.get().to == ["other@stone.example"]


def test_a_person_who_is_no_lead_yet_becomes_one(me):
    answers = {"last_name": "Pop", "email": "dan@example.com"}
    made = me.use("book_meeting", booking_page="Consultation", at=FIRST, answers=answers)
    assert Lead.objects.get().pk == made["data"]["booking"]["record"]


@pytest.mark.parametrize(
    ("tool", "sent"),
    [
        (
            "book_meeting",
            {"booking_page": "Consultation", "at": LATER, "answers": {"email": "dan@example.com"}},
        ),
        ("move_booking", {"booking": 0, "at": LATER}),
        ("cancel_booking", {"booking": 0}),
    ],
)
def test_an_assistant_that_may_not_send_books_moves_and_cancels_nothing(assistant, ada, booked, tool, sent):
    sent |= {"booking": booked["data"]["booking"]["id"]} if "booking" in sent else {}
    before = Operation.objects.count()
    sentence = assistant(ada, name="Other").refuse(tool, **sent)
    assert (
        sentence
        == f"This assistant may not send anything, and {tool} does. Ask a person to do it in Leadwell."
    )
    assert Operation.objects.count() == before


def test_an_assistant_that_may_only_read_has_no_tool_that_books(assistant, ada, page):
    rights = [right for right in get_all_rights() if right.endswith(".get")]
    other = assistant(ada, rights, SENDS, name="Reader")
    names = {tool["name"] for tool in other.send("tools/list")["result"]["tools"]}
    assert {"list_busy_times", "list_booking_pages", "find_booking_times", "list_bookings"} <= names
    assert not names & {"book_meeting", "move_booking", "cancel_booking"}


def test_a_booking_is_moved_and_canceled_and_the_visitor_is_told(booked, me):
    pk = booked["data"]["booking"]["id"]
    moved = me.use("move_booking", booking=pk, at=LATER)
    assert moved["data"]["booking"]["at"] == LATER
    Invitation.objects.update(state="sent")
    canceled = me.use("cancel_booking", booking=pk)
    assert canceled["data"]["booking"]["state"] == "canceled"
    assert Invitation.objects.latest("pk").method == "CANCEL"
    kinds = Operation.objects.filter(pk__in=[*moved["changes"], *canceled["changes"]])
    assert {row.kind for row in kinds} == {"move_booked_meeting", "cancel_booked_meeting"}
    assert "canceled" in me.refuse("cancel_booking", booking=pk)


def test_each_is_undone_by_the_assistant_and_the_visitor_is_told(booked, me):
    pk = booked["data"]["booking"]["id"]
    moved = me.use("move_booking", booking=pk, at=LATER)
    me.use("undo_change", change=moved["changes"][-1])
    assert me.use("list_bookings")["data"]["bookings"][0]["at"] == FIRST
    canceled = me.use("cancel_booking", booking=pk)
    me.use("undo_change", change=canceled["changes"][-1])
    assert me.use("list_bookings")["data"]["bookings"][0]["state"] == "planned"
    Invitation.objects.update(state="sent")
    book = Operation.objects.get(kind="book_meeting")
    me.use("undo_change", change=book.pk)
    assert not Activity.objects.present().meetings().exists()
    assert Invitation.objects.latest("pk").method == "CANCEL"


def test_with_a_preview_nothing_is_booked_until_it_is_applied_once(assistant, ada, page, zoe):
    me = assistant(ada, limits=SENDS | {"preview_above": 0})
    sent = {"booking_page": "Consultation", "at": FIRST, "lead": zoe.pk}
    shown = me.use("book_meeting", **sent)
    assert shown["data"]["booking"]["answers"]["email"] == "zoe@stone.example"
    assert "Nothing has been changed" in shown["next_step"]
    assert not Booking.objects.exists()
    code = shown["preview"]["preview"]
    assert "differs" in me.refuse("book_meeting", **sent | {"at": LATER}, preview=code)
    me.use("book_meeting", **sent, preview=code)
    assert "already been applied" in me.refuse("book_meeting", **sent, preview=code)
    assert Booking.objects.count() == 1


def test_a_time_that_is_not_free_is_refused_before_it_is_previewed(assistant, ada, page, zoe):
    me = assistant(ada, limits=SENDS | {"preview_above": 0})
    refused = me.refuse("book_meeting", booking_page="Consultation", at=f"{DAY}T03:00:00Z", lead=zoe.pk)
    assert refused == "This time isn't free. find_booking_times lists the free ones."


def test_a_preview_is_not_applied_if_the_lead_or_the_meeting_has_changed_since(
    assistant, ada, page, zoe, booked
):
    me = assistant(ada, limits=SENDS | {"preview_above": 0}, name="Careful")
    sent = {"booking_page": "Consultation", "at": LATER, "lead": zoe.pk}
    code = me.use("book_meeting", **sent)["preview"]["preview"]
    cancel = {"booking": booked["data"]["booking"]["id"]}
    other = me.use("cancel_booking", **cancel)["preview"]["preview"]
    with operation("test", by=None):
        Lead.objects.filter(pk=zoe.pk).update(email="new@stone.example")
        Activity.objects.meetings().update(at=at("12:00"))
    assert "has changed since the preview" in me.refuse("book_meeting", **sent, preview=code)
    assert "has changed since the preview" in me.refuse("cancel_booking", **cancel, preview=other)
    assert Booking.objects.standing().count() == 1


def test_a_preview_of_moving_names_the_record_and_is_applied(assistant, ada, booked, zoe):
    me = assistant(ada, limits=SENDS | {"preview_above": 0}, name="Careful")
    sent = {"booking": booked["data"]["booking"]["id"], "at": LATER}
    shown = me.use("move_booking", **sent)
    assert (shown["data"]["some_of_them"][0]["id"], shown["data"]["booking"]["at"]) == (zoe.pk, FIRST)
    moved = me.use("move_booking", **sent, preview=shown["preview"]["preview"])
    assert moved["data"]["booking"]["at"] == LATER


def test_bookings_are_listed_for_a_record(booked, me, zoe, make_lead):
    (found,) = me.use("list_bookings", record_type="lead", id=zoe.pk, booking_page="Consultation")["data"][
        "bookings"
    ]
    assert found == booked["data"]["booking"]
    other = make_lead("Adam Novák")
    assert me.use("list_bookings", record_type="lead", id=other.pk)["data"]["bookings"] == []


def test_meetings_of_a_period_are_listed_in_order(booked, me, zoe, hosts):
    for clock in ("16:00", "08:00"):
        meeting = AddActivity(hosts[1], "meeting", at=at(clock), minutes=30)
        carry_out(meeting, Lead.objects.filter(pk=zoe.pk), by=hosts[1])
    period = {"from": str(DAY), "to": str(DAY + ONE_DAY)}
    found = me.use("list_activities", type="meeting", user="Bob", **period)["data"]["activities"]
    assert [row["at"][11:16] for row in found] == ["08:00", "10:00", "16:00"]
    assert me.use("list_activities", type="meeting", to=str(DAY))["data"]["activities"] == []
