"""A web form may keep its answers for fewer days than a page books ahead: visitors are reminded all the same, unless they were erased."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.models import Booking, BookingReminder
from bookings.reminders.reminder_sending import get_due_reminders, queue_booking_reminders
from crm.models import Activity, Invitation
from crm.records.history.verb_execution import operation
from crm.work.activities.verbs import EditActivity, carry_out_on_activity
from crm.work.invitations.invitation_sending import send_invitation
from intake.forms.submissions.cleanup import clear_old_submission_values
from intake.models import Submission
from leads.models import Lead
from privacy.person import Person
from privacy.person_erasure import erase_person
from tests.bookings.conftest import at, value
from tests.bookings.test_reminders import BEGINS, DAY, remind, work
from tests.post_office import post_office

__all__ = ["post_office"]


def clear() -> None:
    """Let a day pass, after which the form deletes what was sent."""
    Submission.objects.update(at=timezone.now() - timedelta(days=2))
    assert clear_old_submission_values()
    assert set(Submission.objects.values_list("email", flat=True)) == {""}


@pytest.fixture
def booked(make_form, make_page, book) -> Booking:
    """Through a form that keeps its answers for a day and is in Romanian."""
    page = make_page(form=make_form(days_kept=1, language="ro"))
    assert book(page, value("10:00"), email="Dan@Example.com").status_code == 302
    return Booking.objects.get()


def erase(by) -> None:
    erase_person(Person({"lead": list(Lead.objects.values_list("pk", flat=True))}), by=by)


def test_a_visitor_whose_answers_were_deleted_is_reminded(booked, mailoutbox, settings):
    clear()
    assert remind(BEGINS - DAY) == ["day sent"]
    (letter,) = mailoutbox
    assert [address.lower() for address in letter.to] == ["dan@example.com"]
    assert letter.subject == "Reamintire: Consultation"
    assert f"{settings.SITE_URL}/book/consultation/booking/" in letter.body


@pytest.mark.parametrize("cleared", [False, True], ids=["before the answers go", "after"])
def test_an_erased_visitor_is_not_reminded(booked, ada, mailoutbox, cleared):
    if cleared:
        clear()
    erase(ada)
    assert Booking.objects.get().visitor_email == ""
    assert remind(BEGINS - DAY) == []
    assert mailoutbox == []


def test_a_visitor_who_is_erased_while_a_reminder_waits_is_not_reminded(booked, ada, mailoutbox):
    clear()
    queue_booking_reminders(BEGINS - DAY)
    assert BookingReminder.objects.count() == 1
    erase(ada)
    work()
    assert (mailoutbox, BookingReminder.objects.count()) == ([], 0)


def test_whoever_was_invited_in_place_of_the_visitor_is_not_reminded(booked):
    clear()
    with operation("test", by=None):
        Activity.objects.meetings().update(invited="other@example.com")
    assert remind(BEGINS - DAY) == []


def test_a_colleague_who_was_invited_too_is_not_taken_for_the_visitor(
    make_form, make_page, book, hosts, mailoutbox
):
    book(make_page(people=hosts, choice="all", form=make_form(days_kept=1)), value("10:00"))
    clear()
    remind(BEGINS - DAY)
    (letter,) = mailoutbox
    assert letter.to == ["dan@example.com"]


def test_a_visitor_whose_answers_were_deleted_gets_a_new_time_in_their_language_with_the_link(
    booked, hosts, post_office
):
    Invitation.objects.update(state="sent")
    clear()
    meeting = Activity.objects.meetings().get()
    carry_out_on_activity(EditActivity("meeting", {"at": at("14:00")}), meeting, by=hosts[1])
    send_invitation(invitation_id=Invitation.objects.waiting().get().pk)
    (letter,) = (message_from_bytes(bytes(each), policy=default) for each in post_office)
    text = letter.get_body(("plain",)).get_content()
    assert "/book/consultation/booking/" in text
    assert "Mută" in text


def test_many_visitors_take_as_many_queries_as_one(make_form, make_page, book):
    page = make_page(form=make_form(days_kept=1))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(get_due_reminders(at("16:00") - DAY)) == Booking.objects.count()
        return len(queries)

    book(page, value("15:00"))
    clear()
    of_one = count()
    for clock in ("13:00", "14:00", "16:00"):
        book(page, value(clock), email=f"dan{clock[:2]}@example.com")
    Submission.objects.update(email="")
    assert count() == of_one
