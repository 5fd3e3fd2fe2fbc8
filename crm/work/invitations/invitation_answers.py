"""Taking in what those invited to a meeting answer, and that an invitation didn't reach them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.models import Activity, Invitation, InvitationAnswer
from crm.platform.web.notifications import create_notification
from crm.work.invitations.itip_replies import InvitationReply

# The Message-ID of an invitation (crm/work/invitations/invitation_emails.py).
INVITATION = re.compile(r"<(\d{1,18})-(meeting-[0-9a-f]{32})@")


def store_answers(replies: Iterable[InvitationReply], sender: str) -> list[InvitationAnswer]:
    """Keep the answers in an email from this sender. Returns those that were new.

    An answer counts if it is for one of our meetings, from someone invited to it, to the invitation as it was sent last, and
    newer than their last answer. So replays and answers to an earlier time change nothing. An answer for someone other than
    the sender doesn't count.
    """
    own = [reply for reply in replies if reply.address == sender.lower()]
    return [answer for reply in own if (answer := _store_answer(reply))]


@transaction.atomic
def _store_answer(reply: InvitationReply) -> InvitationAnswer | None:
    sent = [row for row in Invitation.objects.with_uid(reply.uid) if row.is_request and row.may_have_arrived]
    last = sent[-1] if sent else None
    if not last or reply.sequence != last.sequence:
        return None
    if reply.address not in [address.lower() for address in last.to]:
        return None
    # Locked, so that of two answers that arrive at once, the newer one stays.
    Activity.objects.all().lock_one(last.activity_id)
    own = {"activity_id": last.activity_id, "address": reply.address}
    known = InvitationAnswer.objects.filter(**own).first()
    is_answered = known and known.answer != InvitationAnswer.Answer.FAILED
    if known and is_answered and (known.sequence, known.stamp) >= (reply.sequence, reply.stamp):
        return None
    new = {"answer": reply.answer, "sequence": reply.sequence, "stamp": reply.stamp}
    new |= {"comment": reply.comment, "proposed_from": reply.begins, "proposed_to": reply.ends}
    answer = InvitationAnswer.objects.update_or_create(**own, defaults=new)[0]
    _notify_author(answer)
    return answer


def _notify_author(answer: InvitationAnswer) -> None:
    meeting = answer.activity
    author = meeting.created_by
    if author is None or not author.is_active or meeting.deleted_at:
        return
    values = {"address": answer.address, "answer": answer.answer, "subject": meeting.subject[:100]}
    create_notification(author, "invitation_answered", None, [meeting.record], table=meeting.of, **values)


def find_invited_record(message_ids: Iterable[str]) -> tuple[str, int] | None:
    """The kind and ID of the record with the meeting that one of these emails invited to, the last one first."""
    for message_id in reversed(list(message_ids)):
        if row := _find_sent_invitation(message_id):
            return row.activity.of, row.activity.record
    return None


def _find_sent_invitation(message_id: str) -> Invitation | None:
    found = INVITATION.match(message_id)
    row = Invitation.objects.with_meeting().filter(pk=int(found[1])).first() if found else None
    return row if row and found and row.uid.partition("@")[0] == found[2] else None


def mark_undelivered(
    message_id: str, recipients: Iterable[str], why: str, author: Any = None
) -> tuple[str, int] | None:
    """Another mail server couldn't deliver an invitation to these people, or doesn't say to whom. Returns the kind and ID of the
    record with the meeting, or None if it isn't one of our invitations; with `author`, only invitations to their meetings count.
    """
    row = _find_sent_invitation(message_id)
    if row is None or (author and row.activity.created_by_id != author.pk):
        return None
    if row.is_request:
        # Locked, so that of an answer and a report that arrive at once, the answer stays.
        Activity.objects.all().lock_one(row.activity_id)
        answered = {
            answer.address: answer.sequence
            for answer in InvitationAnswer.objects.of_activities([row.activity_id])
        }
        for address in get_undelivered_recipients(row, recipients, answered):
            _record_failure(row, address, why)
    return row.activity.of, row.activity.record


def get_undelivered_recipients(
    sent: Invitation, recipients: Iterable[str], answered: Mapping[str, int]
) -> list[str]:
    """To whom of those invited the email didn't arrive. A report that names nobody is about all of them. Who has answered this
    invitation or a later one has got it: `answered` are the sequences of the answers, by address."""
    invited = [address.lower() for address in sent.to]
    named = {address.lower() for address in recipients}
    return [
        address
        for address in invited
        if (not named or address in named) and answered.get(address, -1) < sent.sequence
    ]


def _record_failure(sent: Invitation, address: str, why: str) -> None:
    new = {"answer": InvitationAnswer.Answer.FAILED, "sequence": sent.sequence, "stamp": timezone.now()}
    new |= {"comment": why, "proposed_from": None, "proposed_to": None}
    own: dict[str, Any] = {"activity_id": sent.activity_id, "address": address}
    _notify_author(InvitationAnswer.objects.update_or_create(**own, defaults=new)[0])
