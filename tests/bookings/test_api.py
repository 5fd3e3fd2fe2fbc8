"""Booking pages in API v2: free times, booking, moving and canceling, with the rules of the page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Absence, WorkingHours
from bookings.models import Booking
from crm.models import Activity, Invitation, Operation
from crm.records.history.verb_execution import operation
from intake.models import StopWord, WebForm
from leads.models import Lead
from tests.api.conftest import umbra
from tests.bookings.conftest import DAY, at, times_in, value

__all__ = ["umbra"]

PAGES, BOOKINGS = "/api/v2/booking-pages", "/api/v2/bookings"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def answers(**values) -> dict:
    return {"last_name": "Pop", "email": "dan@example.com"} | values


@pytest.fixture
def program(umbra, ada):
    return umbra(ada)


@pytest.fixture
def booked(program, make_page) -> dict:
    page = make_page()
    sent = {
        "page": page.pk,
        "at": f"{at('10:00'):{MOMENT}}",
        "zone": "Europe/Bucharest",
        "answers": answers(),
    }
    return program.post(BOOKINGS, sent, expect=201)


def test_a_program_reads_the_pages_with_their_questions(program, make_page, hosts):
    page = make_page()
    (found,) = program.get(PAGES)["booking_pages"]
    assert (found["name"], found["people"], found["open"]) == ("Consultation", [hosts[1].pk], True)
    assert found["questions"][1] == {"name": "email", "label": "Email", "required": True}
    assert program.get(f"{PAGES}/{page.pk}") == found


def test_the_free_times_are_those_of_the_page(program, make_page, visitor):
    page = make_page()
    monday = DAY - timedelta(days=2)
    found = program.get(f"{PAGES}/{page.pk}/times?from={monday}")
    shown = times_in(visitor.get(f"{page.path}?from={monday}&zone=UTC"))
    assert [each.replace(":00Z", "Z") for each in found["times"]] == shown
    assert found["next"] == f"{at('09:00', monday + timedelta(days=7)):{MOMENT}}"


def test_every_free_time_of_a_week_is_returned(program, make_page, hosts, visitor):
    department = hosts[1].memberships.first().department
    WorkingHours.objects.all().delete()
    for weekday in range(7):
        WorkingHours.objects.create(department=department, weekday=weekday, opens="00:00", closes="23:59")
    page = make_page(minutes=15)
    found = program.get(f"{PAGES}/{page.pk}/times?from={DAY}")
    shown = times_in(visitor.get(f"{page.path}?from={DAY}&zone=UTC"))
    assert len(found["times"]) == len(shown) == 7 * 95


def test_times_of_a_page_that_isnt_open_or_of_no_one_are_none(program, make_page, hosts):
    page = make_page(published=False)
    assert program.get(f"{PAGES}/{page.pk}/times?from={DAY}")["times"] == []
    with operation("test", by=None):
        type(page).objects.update(published=True)
    Absence.objects.create(user=hosts[1], first=DAY - timedelta(days=40), last=DAY + timedelta(days=90))
    found = program.get(f"{PAGES}/{page.pk}/times?from={DAY}")
    assert (found["times"], found["next"]) == ([], None)


@pytest.mark.parametrize("day", ["someday", "2026-13-01", "99999-01-01"])
def test_a_day_that_isnt_one_is_refused(program, make_page, day):
    program.get(f"{PAGES}/{make_page().pk}/times?from={day}", expect=422)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_is_far_away_has_no_times(program, make_page, day):
    assert program.get(f"{PAGES}/{make_page().pk}/times?from={day}")["times"] == []


def test_a_program_books_as_a_visitor_does(booked, program, hosts):
    booking, lead, meeting = Booking.objects.get(), Lead.objects.get(), Activity.objects.meetings().get()
    assert program.last["Location"] == f"{BOOKINGS}/{booking.pk}"
    assert (booked["state"], booked["people"], booked["zone"]) == (
        "planned",
        [hosts[1].pk],
        "Europe/Bucharest",
    )
    assert (booked["record"], booked["activity"]) == (lead.pk, meeting.pk)
    assert (lead.owner, meeting.at, meeting.invited) == (hosts[1], at("10:00"), "dan@example.com")
    assert Invitation.objects.get().to == ["dan@example.com"]
    assert program.get(f"{BOOKINGS}/{booking.pk}") == booked
    assert program.get(f"{BOOKINGS}?page={booking.page_id}")["bookings"] == [booked]
    assert program.get(f"{BOOKINGS}?page={booking.page_id + 1}")["bookings"] == []
    assert program.get(f"{BOOKINGS}?of=lead&record={lead.pk}")["bookings"] == [booked]
    assert program.get(f"{BOOKINGS}?of=lead&record={lead.pk + 1}")["bookings"] == []
    assert program.get(f"{BOOKINGS}?of=deal&record={lead.pk}")["bookings"] == []
    for query in (f"record={lead.pk}", "of=lead", "of=house&record=1"):
        program.get(f"{BOOKINGS}?{query}", expect=422)


def test_a_call_that_is_sent_again_with_its_key_books_once(program, make_page):
    sent = {"page": make_page().pk, "at": f"{at('10:00'):{MOMENT}}", "answers": answers()}
    first, second = (program.post(BOOKINGS, sent, expect=201, **{"Idempotency-Key": "one"}) for _try in "12")
    assert first == second
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        pytest.param({"at": f"{at('08:00'):{MOMENT}}"}, "at", id="outside the working hours"),
        pytest.param({"at": f"{at('10:10'):{MOMENT}}"}, "at", id="between two times"),
        pytest.param({"answers": {"last_name": "Pop"}}, "answers.email", id="without an email"),
        pytest.param({"zone": "Mars/Base"}, "zone", id="no time zone"),
        pytest.param({"page": 10**9}, "page", id="no page"),
    ],
)
def test_what_the_page_would_refuse_is_refused_with_its_parameter(program, make_page, changes, parameter):
    sent = {"page": make_page().pk, "at": f"{at('10:00'):{MOMENT}}", "answers": answers()} | changes
    answer = program.post(BOOKINGS, sent, expect=422)
    assert [one["parameter"] for one in answer["errors"]] == [parameter]
    assert not Lead.objects.exists()


def test_a_page_that_isnt_open_cant_be_booked(program, make_page):
    page = make_page(published=False)
    program.post(BOOKINGS, {"page": page.pk, "at": value("10:00"), "answers": answers()}, expect=422)


def test_a_stop_word_books_nothing_and_keeps_no_submission(program, make_page):
    with operation("test", by=None):
        StopWord.objects.create(text="casino")
    sent = {"page": make_page().pk, "at": value("10:00"), "answers": answers(description="casino")}
    assert "spam" in program.post(BOOKINGS, sent, expect=422)["errors"][0]["detail"]
    assert not Lead.objects.exists()


def test_a_program_may_be_faster_than_the_people_for_whom_the_form_has_a_shortest_time(
    program, make_form, make_page
):
    page = make_page(form=make_form(seconds=30))
    program.post(BOOKINGS, {"page": page.pk, "at": value("10:00"), "answers": answers()}, expect=201)


def test_the_limit_of_the_web_form_applies(program, make_form, make_page):
    page = make_page(form=make_form(most_an_hour=1))
    for clock, status in (("10:00", 201), ("12:00", 429)):
        program.post(BOOKINGS, {"page": page.pk, "at": value(clock), "answers": answers()}, expect=status)


def test_a_program_books_for_a_lead_that_the_form_would_not_find(program, make_page, make_lead, hosts):
    page, lead = make_page(), make_lead("Zoe Stone", owner=hosts[1])
    sent = {"page": page.pk, "at": value("10:00"), "answers": answers(), "lead": lead.pk}
    made = program.post(BOOKINGS, sent, expect=201)
    assert (made["record"], Lead.objects.count()) == (lead.pk, 1)
    assert Invitation.objects.get().to == ["dan@example.com"]


@pytest.mark.parametrize("why", ["not there", "in Trash", "won", "not theirs"])
def test_a_lead_that_is_not_open_or_not_theirs_has_no_booking(
    umbra, someone_with, make_page, make_lead, ada, hosts, departments, statuses, why
):
    page, lead = make_page(), make_lead("Zoe Stone", owner=hosts[1])
    changes = {
        "not there": {},
        "in Trash": {"deleted_at": timezone.now()},
        "won": {"status": statuses.won},
        "not theirs": {"department": departments.export},
    }
    with operation("test", by=None):
        Lead.objects.update(**changes[why])
    eve = someone_with("view_bookingpage", "view_lead", "add_lead", "change_lead", "see_departments")
    pk = lead.pk + 1 if why == "not there" else lead.pk
    sent = {"page": page.pk, "at": value("10:00"), "answers": answers(), "lead": pk}
    answer = umbra(eve).post(BOOKINGS, sent, expect=422)
    assert [one["parameter"] for one in answer["errors"]] == ["lead"]
    assert not Booking.objects.exists()


def test_a_program_moves_a_booking_to_a_free_time_alone(booked, program, ada):
    path = f"{BOOKINGS}/{booked['id']}"
    assert program.patch(path, {"at": value("14:00")})["at"] == f"{at('14:00'):{MOMENT}}"
    program.patch(path, {"at": value("08:00")}, expect=422)
    move = Operation.objects.get(kind="move_booked_meeting")
    assert (move.by, move.channel) == (ada, "api")


def test_a_program_cancels_a_booking_once(booked, program, ada):
    path = f"{BOOKINGS}/{booked['id']}"
    program.delete(path)
    assert Activity.objects.meetings().get().deleted_at
    assert program.get(path)["state"] == "canceled"
    assert Operation.objects.get(kind="cancel_booked_meeting").by == ada
    program.delete(path, expect=409)
    program.patch(path, {"at": value("14:00")}, expect=409)


def test_a_booking_that_has_begun_cant_be_changed(booked, program):
    with operation("test", by=None):
        Activity.objects.meetings().update(at=timezone.now() - timedelta(minutes=5))
    program.delete(f"{BOOKINGS}/{booked['id']}", expect=409)


@pytest.mark.parametrize(("outcome", "state"), [("no_show", "no_show"), ("", "over"), ("planned", "planned")])
def test_the_state_of_a_booking_says_whether_its_visitor_came(booked, program, outcome, state):
    with operation("test", by=None):
        Activity.objects.filter(pk=booked["activity"]).update(outcome=outcome)
    assert program.get(f"{BOOKINGS}/{booked['id']}")["state"] == state


def test_who_doesnt_see_the_lead_or_the_page_doesnt_see_the_booking(booked, ada, hosts, departments):
    assert [Booking.objects.visible_to(user).count() for user in (ada, hosts[1])] == [1, 1]
    with operation("test", by=None):
        Lead.objects.update(owner=hosts[0], department=departments.export)
    assert [Booking.objects.visible_to(user).count() for user in (ada, hosts[1])] == [1, 0]
    with operation("test", by=None):
        Lead.objects.update(owner=hosts[1], department=departments.sales)
        WebForm.objects.update(department=departments.export)
    assert [Booking.objects.visible_to(user).count() for user in (ada, hosts[1])] == [1, 0]
