"""Booking, moving and canceling a meeting, so that no one is booked twice: the people of a page are locked before their times are looked
at once more and one of them is booked."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.free_busy.time_spans import Span
from accounts.models import User
from bookings.free_slots import get_free_slots
from bookings.lead_moves import move_booked_lead
from bookings.models import Booking, BookingPage
from bookings.verbs import BookMeeting, CancelMeeting, MoveMeeting
from crm.models import Activity, Operation
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, carry_out, operation
from crm.work.activities.verbs import lock_record
from intake.forms.public.public_form import PublicForm
from intake.forms.submissions.submission_processing import (
    RequestDetails,
    find_earlier_submission,
    receive_submission,
)
from intake.models import Submission
from leads.models import Lead
from leads.statuses.status_contract import lock_pipelines

SYSTEM = Operation.Channel.SYSTEM
LOCK = "SELECT pg_advisory_xact_lock(hashtext('bookings.host'), id::integer) FROM unnest(%s::bigint[]) AS host(id)"


class NotFree(Exception):
    """No one of the page is free at this time anymore."""


def lock_hosts(people: Iterable[int]) -> None:
    """Until the end of the transaction, in the order of their IDs, so that two pages with the same people don't wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(people)])


@transaction.atomic
def book_meeting(
    page: BookingPage, begins: datetime, filled: PublicForm, sent: RequestDetails, zone: str
) -> Booking | None:
    """The booking of a form that was filled in correctly; the same form sent again finds its own. None if what was sent became no lead,
    because it looks like spam. Raises NotFree, and TooManyForms as any web form."""
    if earlier := _find_earlier_booking(page, filled, sent):
        return earlier
    # Most of those who come too late needn't wait for the lock.
    find_hosts(page, begins)
    lock_hosts(page.people)
    if earlier := _find_earlier_booking(page, filled, sent):
        return earlier
    host, *others = find_hosts(page, begins)
    if page.status:
        # Settings are locked before records.
        lock_pipelines([page.status.pipeline_id])
    form = page.form
    if page.host_owns:
        form.owner = host
    submission = receive_submission(form, filled, sent)
    invited = dict.fromkeys([filled.lead_values.get("email", ""), *(each.email for each in others)])
    verb = BookMeeting(
        by=host,
        at=begins,
        minutes=page.minutes,
        subject=page.name,
        place=page.place,
        invited=", ".join(filter(None, invited)),
        page=page,
        submission=submission,
        zone=zone,
    )
    carry_out(verb, Lead.objects.present().filter(pk=submission.lead_id), by=None, channel=SYSTEM)
    if page.status:
        move_booked_lead(page, submission)
    return find_booking(submission)


def _find_earlier_booking(page: BookingPage, filled: PublicForm, sent: RequestDetails) -> Booking | None:
    submission = find_earlier_submission(page.form, filled, sent)
    return find_booking(submission) if submission else None


def find_booking(submission: Submission) -> Booking | None:
    return Booking.objects.of_submission(submission).with_meeting().first()


def find_hosts(page: BookingPage, begins: datetime) -> list[User]:
    """The people to be booked at this time, the author of the meeting first: one of the page, or all of them. Raises NotFree."""
    free = find_free_hosts(page, page.hosts, begins)
    if not free:
        raise NotFree
    if page.is_together:
        return free
    last = Booking.objects.get_last_by_host(page) if page.choice == page.Choice.TURN else {}
    return [min(free, key=lambda host: last.get(host.pk, 0))]


def find_free_hosts(
    page: BookingPage, hosts: Sequence[User], begins: datetime, *, without_meeting: int | None = None
) -> list[User]:
    """Those who are free; of people who are booked together all of them, or none."""
    moment = Span(begins, begins + timedelta(seconds=1))
    slots = get_free_slots(page, hosts, moment, timezone.now(), without_meeting=without_meeting)
    free = [host for host in hosts if begins in slots[host.pk]]
    return [] if page.is_together and len(free) < len(hosts) else free


@transaction.atomic
def move_booking(
    booking: Booking, begins: datetime, *, by: User | None = None, channel: str = SYSTEM
) -> None:
    """To another time of the same people, by the visitor or by a user. Raises NotFree."""
    meeting: Activity = booking.activity
    host: Any = meeting.created_by
    lock_hosts({*booking.page.people, host.pk})
    page = booking.page_as_booked
    if not host.is_active or not find_free_hosts(page, page.hosts, begins, without_meeting=meeting.pk):
        raise NotFree
    _carry_out_on_meeting(MoveMeeting(changes={"at": begins}), meeting, by, channel)


def cancel_booking(booking: Booking, *, by: User | None = None, channel: str = SYSTEM) -> None:
    _carry_out_on_meeting(CancelMeeting(), booking.activity, by, channel)


def _carry_out_on_meeting(verb: Verb, meeting: Activity, by: User | None, channel: str) -> None:
    """As an operation on the meeting's record. A meeting that is deleted or has begun stays as it is."""
    rows = Activity.objects.present().planned().begins_from(timezone.now()).filter(pk=meeting.pk)
    if by:
        rows = rows.changeable_by(by)
    values: dict[str, Any] = {"parameters": verb.get_parameters(), "matched": 1, "changed": 1}
    with operation(verb.kind, by=by, channel=channel, table=meeting.of, **values) as record:
        lock_record(meeting)
        outcome = carry_out(verb, rows, by=by, joined=record)
        if outcome.changed:
            write_verdicts(record, Outcome(meeting.of, changed=[meeting.record]))
    if not outcome.changed:
        record.delete()
