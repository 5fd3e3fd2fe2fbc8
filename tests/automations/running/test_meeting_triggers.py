"""Automations that wait for a meeting to be held, for a no-show, or for a booking; and a sequence that a booking starts or stops."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from automations.models import AutomationClock, AutomationRun
from automations.run_now.trigger_state import keep_woken_ones
from automations.running.waking_queue import run_due_clock
from automations.trial.due_forecast import build_due_forecast
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


def test_a_meeting_that_no_one_booked_wakes_none_of_them_while_another_one_is_booked(
    automations, bob, make_page, book
):
    book(make_page(), value("10:00"))
    lead = Lead.objects.get()
    work()
    meeting = meet(lead, bob, at=at("15:00"))
    edit(meeting, bob, at=at("16:00"))
    with operation("test", by=bob):
        Activity.objects.filter(pk=meeting.pk).update(deleted_at=timezone.now())
    work()
    assert get_woken(automations) == ["booking_made"]
    assert outcomes_of(automations["booking_made"]) == [(lead.pk, Result.ACTED)]


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


BEFORE = {"trigger": "meeting_time", "trigger_values": {"number": 2, "unit": "hours", "side": "before"}}
AFTER = {"trigger": "meeting_time", "trigger_values": {"number": 1, "unit": "days", "side": "after"}}


def look(now) -> None:
    with transaction.atomic():
        while run_due_clock(now):
            pass


def look_at(automation, now) -> None:
    """One look, as if the last one had been a minute before."""
    AutomationClock.objects.filter(automation=automation).update(
        looked_at=now - timedelta(minutes=1), next_at=now
    )
    look(now)


def test_a_meeting_that_comes_near_is_acted_on_once_and_again_when_it_was_moved(ann, make_lead):
    lead, begins = make_lead(), timezone.now() + timedelta(hours=5)
    meeting, automation = meet(lead, ann, at=begins), make_automation("Brno", ann, **BEFORE)
    for _number in range(2):
        look_at(automation, begins - timedelta(hours=2))
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    edit(meeting, ann, at=begins + timedelta(hours=3))
    look_at(automation, begins + timedelta(hours=1))
    assert [pk for pk, _outcome in outcomes_of(automation)] == [lead.pk, lead.pk]


def test_a_meeting_that_was_moved_away_before_is_not_acted_on_at_its_old_time(ann, make_lead):
    begins = timezone.now() + timedelta(hours=5)
    meeting, automation = meet(make_lead(), ann, at=begins), make_automation("Brno", ann, **BEFORE)
    edit(meeting, ann, at=begins + timedelta(days=1))
    look_at(automation, begins - timedelta(hours=2))
    assert outcomes_of(automation) == []


def test_a_day_after_a_meeting_only_those_who_came_are_acted_on(ann, make_lead):
    came, missed = make_lead(), make_lead()
    began = timezone.now() - timedelta(minutes=30)
    automation = make_automation("Brno", ann, **AFTER)
    for lead in (came, missed):
        meeting = meet(lead, ann, at=began, outcome="")
    edit(meeting, ann, **MISSED)
    look_at(automation, began + timedelta(days=1))
    assert outcomes_of(automation) == [(came.pk, Result.ACTED)]


def test_an_automation_for_meetings_looks_again_a_minute_later(ann):
    make_automation("Brno", ann, **BEFORE)
    now = timezone.now() + timedelta(minutes=5)
    look(now)
    assert AutomationClock.objects.get().next_at == now + timedelta(minutes=1)


def test_of_two_meetings_of_a_record_at_one_look_the_earlier_counts(ann, make_lead):
    lead, begins = make_lead(), timezone.now() + timedelta(hours=5)
    automation = make_automation("Brno", ann, **BEFORE)
    meet(lead, ann, at=begins)
    first = meet(lead, ann, at=begins - timedelta(seconds=20))
    look_at(automation, begins - timedelta(hours=2))
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    assert AutomationRun.objects.get().occasion.startswith(f"{first.pk} ")


def test_the_forecast_names_the_days_on_which_it_acts(ada, ann, make_lead):
    soon, later, missed, far = (make_lead() for _number in range(4))
    now = timezone.now()
    for lead, days in ((later, 3), (soon, 1), (far, 60)):
        meet(lead, ann, at=now + timedelta(days=days))
    meet(missed, ann, at=now - timedelta(hours=2), outcome="no_show")
    for values, shift in ((BEFORE, -timedelta(hours=2)), (AFTER, timedelta(days=1))):
        automation = make_automation(f"Brno {shift}", ada, **values)
        expected = [
            (lead, (now + timedelta(days=days) + shift).astimezone(ada.zone).date())
            for lead, days in ((soon, 1), (later, 3))
        ]
        assert [(line.record, line.day) for line in build_due_forecast(automation, ada).lines] == expected


def test_run_now_it_acts_on_those_who_have_such_a_meeting(ann, make_lead):
    near, far, held, missed, fresh = (make_lead() for _number in range(5))
    now = timezone.now()
    meet(near, ann, at=now + timedelta(hours=1))
    meet(far, ann, at=now + timedelta(hours=3))
    meet(held, ann, at=now - timedelta(days=2), outcome="")
    meet(missed, ann, at=now - timedelta(days=2), outcome="no_show")
    meet(fresh, ann, at=now - timedelta(hours=2), outcome="")
    for values, expected in ((BEFORE, near), (AFTER, held)):
        automation = make_automation(f"Brno {expected.pk}", ann, **values)
        assert list(keep_woken_ones(automation, Lead.objects.all(), now)) == [expected]
