"""Automations that wait for a meeting to be held, for a no-show, or for a booking; and a sequence that a booking starts or stops."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.meeting_booking import cancel_booking, move_booking
from bookings.models import Booking
from crm.models import Activity
from crm.records.history.verb_execution import operation
from crm.work.activities.verbs import DeleteActivity, EditActivity, carry_out_on_activity
from crm.work.invitations.meetings import write_past_meeting_contacts
from leads.models import Lead
from sequences.models import Enrollment
from tests.automations.automating import Result, make_automation, outcomes_of, work
from tests.bookings.conftest import at, book, hosts, make_form, make_page, value, visitor
from tests.sequences.sequencing import build_step, make_sequence, start

__all__ = ["book", "hosts", "make_form", "make_page", "visitor"]
pytestmark = pytest.mark.django_db
HELD, MISSED = {"outcome": ""}, {"outcome": "no_show"}


def meet(lead, by, **values) -> Activity:
    given = {"outcome": "planned", "at": timezone.now() - timedelta(minutes=10), "minutes": 60}
    with operation("add_activity", table="lead", by=by):
        return Activity.objects.create(
            of="lead", record=lead.pk, type="meeting", created_by=by, **given | values
        )


def edit(meeting, by, **changes) -> None:
    carry_out_on_activity(EditActivity("meeting", changes, tell=False), meeting, by=by)


# What the meeting was and becomes; which of "meeting_held" and "no_show" this wakes.
CASES = {
    "planned, then held": ("planned", HELD, ["meeting_held"]),
    "planned, then missed": ("planned", MISSED, ["no_show"]),
    "held, then missed after all": ("", MISSED, ["no_show"]),
    "missed, then held after all": ("no_show", HELD, ["meeting_held"]),
    "only its text": ("", {"text": "Spoke"}, []),
}


@pytest.mark.parametrize(("before", "changes", "woken"), CASES.values(), ids=CASES)
def test_the_outcome_of_a_meeting_wakes_the_automation_for_it(ann, make_lead, before, changes, woken):
    lead = make_lead()
    meeting = meet(lead, ann, outcome=before)
    automations = {name: make_automation(name, ann, trigger=name) for name in ("meeting_held", "no_show")}
    edit(meeting, ann, **changes)
    work()
    acted = [name for name, one in automations.items() if outcomes_of(one) == [(lead.pk, Result.ACTED)]]
    assert acted == woken


def test_a_meeting_that_is_over_is_held(ann, make_lead):
    lead = make_lead()
    meet(lead, ann, at=timezone.now() - timedelta(hours=2))
    automation = make_automation("Brno", ann, trigger="meeting_held")
    write_past_meeting_contacts()
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]


def test_a_call_and_a_meeting_that_is_logged_afterwards_wake_none(ann, make_lead):
    lead = make_lead()
    automation = make_automation("Brno", ann, trigger="meeting_held")
    meet(lead, ann, outcome="")
    work()
    assert outcomes_of(automation) == []


def test_the_private_meeting_of_a_colleague_wakes_none(ann, bob, make_lead):
    lead = make_lead()
    meet(lead, bob, private_to=bob, at=timezone.now() - timedelta(hours=2))
    automation = make_automation("Brno", ann, trigger="meeting_held")
    write_past_meeting_contacts()
    work()
    assert outcomes_of(automation) == []


@pytest.fixture
def automations(ada):
    return {
        name: make_automation(name, ada, trigger=name)
        for name in ("booking_made", "booking_moved", "booking_canceled")
    }


def get_woken(automations) -> list[str]:
    return [name for name, one in automations.items() if outcomes_of(one)]


def test_a_booking_wakes_those_for_a_booking(automations, make_page, book):
    book(make_page(), value("10:00"))
    work()
    assert get_woken(automations) == ["booking_made"]
    assert outcomes_of(automations["booking_made"]) == [(Lead.objects.get().pk, Result.ACTED)]


@pytest.mark.parametrize("by_colleague", [True, False])
def test_a_booking_that_is_moved_wakes_those_for_that(automations, bob, make_page, book, by_colleague):
    book(make_page(), value("10:00"))
    booking = Booking.objects.with_meeting().get()
    if by_colleague:
        edit(booking.activity, bob, at=at("14:00"))
    else:
        move_booking(booking, at("14:00"))
    work()
    assert get_woken(automations) == ["booking_made", "booking_moved"]


@pytest.mark.parametrize("by_colleague", [True, False])
def test_a_booking_that_is_canceled_wakes_those_for_that(automations, bob, make_page, book, by_colleague):
    book(make_page(), value("10:00"))
    booking = Booking.objects.with_meeting().get()
    if by_colleague:
        carry_out_on_activity(DeleteActivity("meeting"), booking.activity, by=bob)
    else:
        cancel_booking(booking)
    work()
    assert get_woken(automations) == ["booking_made", "booking_canceled"]


def test_a_meeting_that_was_not_booked_wakes_none_for_bookings(automations, ann, make_lead):
    meeting = meet(make_lead(), ann)
    edit(meeting, ann, at=timezone.now() + timedelta(days=1))
    carry_out_on_activity(DeleteActivity("meeting"), meeting, by=ann)
    work()
    assert get_woken(automations) == []


def test_a_booking_starts_a_sequence(ada, make_page, book):
    sequence = make_sequence("Prepare", build_step("call", title="Call", after=1))
    step = ("start_sequence", {"sequence": str(sequence.pk)})
    make_automation("Start", ada, step, trigger="booking_made")
    book(make_page(), value("10:00"))
    work()
    enrollment = Enrollment.objects.get()
    assert (enrollment.record, enrollment.state) == (Lead.objects.get().pk, "running")


def test_a_booking_stops_the_sequence_that_a_lead_is_in(ada, bob, make_lead, make_form, make_page, book):
    sequence = make_sequence("Welcome", build_step("call", title="Call", after=1))
    lead = make_lead("Pop", email="dan@example.com", owner=bob)
    start(sequence, bob, lead)
    make_automation("Stop", ada, ("stop_sequence", {"sequence": ""}), trigger="booking_made")
    book(make_page(form=make_form(duplicates="fill")), value("10:00"))
    work()
    assert Booking.objects.with_meeting().get().activity.record == lead.pk
    assert Enrollment.objects.get().state == "stopped"
