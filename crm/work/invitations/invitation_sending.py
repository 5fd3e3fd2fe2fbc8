"""Inviting people to a meeting by email: what those invited still have to be sent, and sending it.

Each email is a row of Invitation with the meeting as it was then. So what is to be sent follows from the meeting as it is now
and from what was sent before, whatever happened in between: `tell_invited` is called after a meeting was added, edited or
deleted and after an undo of these. An email that still waits is replaced. So an undo within the pause sends nothing at all, a
later one sends a cancellation, and a meeting that comes back is invited to again.
"""

from collections.abc import Iterable
from secrets import token_hex
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from crm.models import Activity, Invitation, Operation
from crm.platform.web.calendar_files import get_site_host
from crm.work.emails.delivery_problems import (
    PAUSE,
    RETRIES,
    TRIES,
    NotReached,
    is_accepted,
    send_and_get_problem,
)
from crm.work.invitations.invitation_emails import build_invitation_email

Method, State = Invitation.Method, Invitation.State
# What those invited are told.
TOLD = ("subject", "place", "at", "minutes")
# The operations whose undo those invited are told of: higher apps add theirs.
FOLLOWED = {"add_activity", "edit_activity", "delete_activity"}


def notify_invitees(meetings: Iterable[int]) -> None:
    """Send those invited to these meetings what they don't know yet, in a few seconds. Call it within the operation that
    changed them, when they are locked."""
    ids = list(meetings)
    sent = Invitation.objects.of_activities(ids)
    sent.waiting().delete()
    invited = ~Q(invited="") | Q(pk__in=sent.order_by().values("activity"))
    for meeting in Activity.objects.meetings().filter(invited, pk__in=ids):
        added = get_pending_invitations(meeting, list(Invitation.objects.of_activities([meeting.pk])))
        for invitation in Invitation.objects.bulk_create(added):
            send_invitation.configure(schedule_in={"seconds": PAUSE}).defer(invitation_id=invitation.pk)


def get_pending_invitations(meeting: Activity, sent: list[Invitation]) -> list[Invitation]:
    """The emails to be sent about a meeting after those that were sent, the oldest first: a cancellation for those who are no
    longer invited, and an invitation if anything about the meeting has changed. Nothing about one that is over."""
    if meeting.ends_at <= timezone.now():
        return []
    last, standing = get_current_invitation(sent)
    wanted = [] if meeting.deleted_at else meeting.invited_addresses
    uid = sent[0].uid if sent else f"meeting-{token_hex(16)}@{get_site_host()}"
    sequence = max((row.sequence for row in sent), default=-1) + 1
    common = {"activity": meeting, "uid": uid, "sequence": sequence}
    found = []
    if last and (gone := [address for address in standing if address not in wanted]):
        as_known = {name: getattr(last, name) for name in TOLD}
        found.append(Invitation(method=Method.CANCEL, addresses=", ".join(gone), **common, **as_known))
    now = {name: getattr(meeting, name) for name in TOLD} | {"minutes": meeting.minutes or 0}
    is_known = last and standing == wanted and all(getattr(last, name) == now[name] for name in TOLD)
    if wanted and not is_known:
        found.append(Invitation(method=Method.REQUEST, addresses=", ".join(wanted), **common, **now))
    return found


def get_current_invitation(sent: list[Invitation]) -> tuple[Invitation | None, list[str]]:
    """The last invitation that may have arrived, and those who have it and no cancellation since."""
    last, standing = None, []
    for row in sent:
        if row.may_have_arrived and row.is_request:
            last, standing = row, row.to
        elif row.may_have_arrived:
            standing = [address for address in standing if address not in row.to]
    return last, standing


def notify_invitees_of_undo(record: Operation, meetings: list[int]) -> None:
    """After the undo of an operation, also of another undo. Of a change that wasn't sent, the undo isn't sent either."""
    record = record.original
    unsent = not record.parameters.get("tell", record.kind != "edit_activity")
    if record.kind in FOLLOWED and meetings and not unsent:
        notify_invitees(meetings)


@app.task(queue="work", name="send_invitation", retry=RETRIES)
def send_invitation(invitation_id: int, tries: int = 0) -> None:
    """Send the email, unless it was sent or replaced. What was committed before the connection keeps it from being sent
    twice."""
    if not connection.in_atomic_block:
        close_old_connections()
    rows: Any = Invitation.objects.filter(pk=invitation_id)
    taken = rows.waiting().update(state=State.SENDING)
    found = rows.with_author().first()
    if found is None:
        # Its record was deleted permanently.
        rows.being_sent().update(state=State.FAILED, problem="deleted")
        return
    if not taken:
        # Another worker was killed while it sent the email.
        rows.being_sent().update(state=State.FAILED, problem="unknown")
        return
    try:
        problem = send_and_get_problem(build_invitation_email(found))
    except NotReached:
        if tries + 1 < TRIES:
            with transaction.atomic():
                rows.update(state=State.WAITING)
                later = send_invitation.configure(schedule_in={"seconds": 4 ** (tries + 1)})
                later.defer(invitation_id=invitation_id, tries=tries + 1)
        else:
            rows.update(state=State.FAILED, problem="unreachable")
    else:
        rows.update(state=State.SENT if is_accepted(problem) else State.FAILED, problem=problem)
