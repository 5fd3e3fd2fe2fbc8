"""Reminding visitors of their meetings: which reminders are due, looked for every minute, and sending each of them at most once."""

from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from procrastinate.contrib.django import app

from bookings.models import Booking, BookingPage, BookingReminder
from bookings.models.booking_reminder import AHEAD
from bookings.reminders.reminder_email import build_reminder_email
from crm.models import InvitationAnswer
from crm.platform.jobs.housekeeping import every_minute
from crm.work.emails.delivery_problems import RETRIES, NotReached, is_accepted, send_and_get_problem

State = BookingReminder.State
# One that comes late is no longer sent once the next one is due.
LATEST = {"day": AHEAD["hour"], "hour": timedelta(0)}


@every_minute
def queue_booking_reminders(now: datetime | None = None) -> int:
    """Let the worker send those that are due. Returns how many."""
    found = get_due_reminders(now or timezone.now())
    for reminder in BookingReminder.objects.bulk_create(found):
        send_booking_reminder.defer(reminder_id=reminder.pk)
    return len(found)


def get_due_reminders(now: datetime) -> list[BookingReminder]:
    """None to those who have declined, and none of a meeting that was planned or moved so late that the invitation is reminder enough."""
    found = []
    for name, ahead in AHEAD.items():
        known = BookingReminder.objects.filter(
            booking=OuterRef("pk"), ahead=name, at=OuterRef("activity__at")
        )
        rows = (
            Booking.objects.planned()
            .begins_after(now + LATEST[name])
            .begins_until(now + ahead)
            .filter(
                ~Exists(known),
                page__reminders__in=[name, BookingPage.Reminders.BOTH],
                activity__updated_at__lte=F("activity__at") - ahead,
            )
        )
        found += [
            BookingReminder(booking=booking, ahead=name, at=booking.activity.at)
            for booking in _without_refusals(list(rows.with_invitations()))
            if booking.visitor_address
        ]
    return found


def _without_refusals(bookings: list[Booking]) -> list[Booking]:
    answers = InvitationAnswer.objects.of_activities([booking.activity_id for booking in bookings])
    declined = set(answers.standing_refusals())
    return [one for one in bookings if (one.activity_id, one.visitor_address.lower()) not in declined]


@app.task(queue="work", name="send_booking_reminder", retry=RETRIES)
def send_booking_reminder(reminder_id: int) -> None:
    """Send the email, unless it was sent, or the meeting was canceled or moved. What was committed before the connection keeps it from
    being sent twice. If the mail server can't be reached, it is due again in a minute."""
    if not connection.in_atomic_block:
        close_old_connections()
    rows = BookingReminder.objects.filter(pk=reminder_id)
    taken = rows.waiting().update(state=State.SENDING)
    found = rows.with_meeting().first()
    if not taken or found is None:
        return
    if not found.is_true:
        rows.delete()
        return
    try:
        problem = send_and_get_problem(build_reminder_email(found))
    except NotReached:
        rows.delete()
    else:
        rows.update(state=State.SENT if is_accepted(problem) else State.FAILED)
