"""Reminders of booked meetings by email: when they are due, to whom, and that none is sent twice."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from bookings.models import Booking, BookingReminder
from bookings.reminders import reminder_sending
from bookings.reminders.reminder_sending import queue_booking_reminders, send_booking_reminder
from crm.models import Activity, InvitationAnswer, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from tests.bookings.conftest import at, value
from tests.killed import killed_at
from tests.post_office import post_office

__all__ = ["post_office"]

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
BEGINS = at("10:00")


def work() -> None:
    """Let the worker do what is queued."""
    for job in ProcrastinateJob.objects.filter(task_name="send_booking_reminder").order_by("id"):
        send_booking_reminder(**job.args)


def remind(now: datetime) -> list[str]:
    """What was queued at this moment and is still there after the worker sent it."""
    queue_booking_reminders(now)
    work()
    return [f"{row.ahead} {row.state}" for row in BookingReminder.objects.order_by("pk")]


# The setting of the page, how long before the meeting it is, and what is queued.
DUE = {
    "a day before": ("day", DAY, "day"),
    "more than a day before": ("day", DAY + MINUTE, ""),
    "a day before, hours later": ("day", 3 * HOUR, "day"),
    "a day before, when an hour is left": ("day", HOUR - MINUTE, ""),
    "an hour before": ("hour", HOUR, "hour"),
    "an hour before, a day before": ("hour", DAY, ""),
    "an hour before, minutes later": ("hour", 5 * MINUTE, "hour"),
    "an hour before, once the meeting has begun": ("hour", -MINUTE, ""),
    "both, a day before": ("both", DAY, "day"),
    "both, an hour before": ("both", HOUR, "hour"),
    "none": ("none", HOUR, ""),
}


@pytest.mark.parametrize(("setting", "before", "expected"), DUE.values(), ids=DUE)
def test_a_reminder_is_due_as_the_page_says(make_page, book, setting, before, expected):
    book(make_page(reminders=setting), value("10:00"))
    queue_booking_reminders(BEGINS - before)
    assert " ".join(BookingReminder.objects.values_list("ahead", flat=True)) == expected


def test_a_visitor_is_reminded_over_smtp_in_their_language_and_on_their_clock(
    make_form, make_page, book, post_office, settings
):
    page = make_page(form=make_form(language="ro"), place="https://meet.example/1", reminders="both")
    book(page, value("10:00"), zone="America/New_York")
    assert remind(BEGINS - DAY) == ["day sent"]
    assert remind(BEGINS - DAY + MINUTE) == ["day sent"]
    assert remind(BEGINS - HOUR) == ["day sent", "hour sent"]
    first, second = (message_from_bytes(bytes(each), policy=default) for each in post_office)
    assert first["To"] == second["To"] == "dan@example.com"
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Subject"] == "Reamintire: Consultation"
    text = first.get_body(("plain",)).get_content()
    local = BEGINS.astimezone(ZoneInfo("America/New_York"))
    assert f"{local:%H:%M}" in text
    assert "(America/New_York)" in text
    assert "https://meet.example/1" in text
    assert f"{settings.SITE_URL}/book/consultation/booking/" in text


def test_a_meeting_that_was_canceled_or_moved_since_reminds_of_nothing(make_page, book, visitor, mailoutbox):
    answer = book(make_page(), value("10:00"))
    queue_booking_reminders(BEGINS - DAY)
    visitor.post(f"{answer.url}/cancel")
    work()
    assert (mailoutbox, BookingReminder.objects.count()) == ([], 0)
    assert remind(BEGINS - DAY) == []


def test_a_meeting_that_was_moved_reminds_anew(make_page, book, visitor, mailoutbox):
    answer = book(make_page(), value("10:00"))
    assert remind(BEGINS - DAY) == ["day sent"]
    assert visitor.post(f"{answer.url}/move", {"at": value("14:00")}).status_code == 302
    assert remind(at("14:00") - DAY) == ["day sent", "day sent"]
    assert len(mailoutbox) == 2


def test_a_meeting_that_was_moved_between_queuing_and_sending_reminds_of_the_new_time_alone(
    make_page, book, visitor, mailoutbox
):
    answer = book(make_page(), value("10:00"))
    queue_booking_reminders(BEGINS - DAY)
    visitor.post(f"{answer.url}/move", {"at": value("14:00")})
    work()
    assert mailoutbox == []
    remind(at("14:00") - DAY)
    (letter,) = mailoutbox
    assert "14:00–15:00" in letter.body


def test_who_booked_or_moved_too_late_gets_no_reminder(make_page, book):
    book(make_page(reminders="both"), value("10:00"))
    with operation("test", by=None):
        Activity.objects.meetings().update(at=Activity.objects.meetings().get().updated_at + 5 * HOUR)
    meeting = Activity.objects.meetings().get()
    queue_booking_reminders(meeting.at - 4 * HOUR)
    assert not BookingReminder.objects.exists()
    queue_booking_reminders(meeting.at - HOUR)
    assert BookingReminder.objects.get().ahead == "hour"


def test_an_undo_of_the_cancellation_reminds_after_all(make_page, book, visitor, ada, mailoutbox):
    answer = book(make_page(), value("10:00"))
    visitor.post(f"{answer.url}/cancel")
    revert_operation(Operation.objects.get(kind="cancel_booked_meeting"), by=ada)
    assert remind(BEGINS - DAY) == ["day sent"]


def test_who_declined_or_is_no_longer_invited_gets_no_reminder(make_page, book):
    book(make_page(), value("10:00"))
    meeting = Activity.objects.meetings().get()
    said = {"address": "dan@example.com", "answer": "declined", "sequence": 0, "stamp": meeting.created_at}
    answer = InvitationAnswer.objects.create(activity=meeting, **said)
    assert remind(BEGINS - DAY) == []
    answer.delete()
    with operation("test", by=None):
        Activity.objects.meetings().update(invited="other@example.com")
    assert remind(BEGINS - DAY) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reminder_whose_worker_was_killed_is_not_sent_a_second_time(make_page, book, mailoutbox, when):
    book(make_page(), value("10:00"))
    queue_booking_reminders(BEGINS - DAY)
    with killed_at(reminder_sending, "send_and_get_problem", when):
        work()
    assert remind(BEGINS - DAY + MINUTE) == ["day sending"]
    assert len(mailoutbox) == (when == "after")


def test_a_mail_server_that_cant_be_reached_is_tried_again_in_the_next_minute(
    make_page, book, post_office, settings
):
    book(make_page(), value("10:00"))
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert remind(BEGINS - DAY) == []
    settings.EMAIL_PORT = port
    assert remind(BEGINS - DAY + MINUTE) == ["day sent"]
    assert len(post_office) == 1


def test_a_reminder_that_is_sent_names_everyone_who_has_the_meeting(make_page, book, hosts, mailoutbox):
    book(make_page(people=hosts, choice="all"), value("10:00"))
    remind(BEGINS - DAY)
    (letter,) = mailoutbox
    assert letter.to == ["dan@example.com"]
    assert (
        " and ".join(host.name for host in Booking.objects.get().hosts).replace(" and ", ", ") in letter.body
    )
