"""Taking in what those invited to a meeting answer."""

import re
from collections.abc import Iterable

from django.db import transaction

from crm.activities.replies import Reply
from crm.models import Activity, Invitation, InvitationAnswer
from crm.web.notices import tell

# The Message-ID of an invitation (crm/activities/invitation_letters.py).
INVITATION = re.compile(r"<(\d{1,18})-(meeting-[0-9a-f]{32})@")


def take_answers(replies: Iterable[Reply], sender: str) -> list[InvitationAnswer]:
    """Keep the answers in an email from this sender. Returns those that were new.

    An answer counts if it is for one of our meetings, from someone invited to it, to the invitation as it was sent last, and
    newer than their last answer. So replays and answers to an earlier time change nothing. An answer for someone other than
    the sender doesn't count.
    """
    own = [reply for reply in replies if reply.address == sender.lower()]
    return [answer for reply in own if (answer := _take(reply))]


@transaction.atomic
def _take(reply: Reply) -> InvitationAnswer | None:
    sent = [row for row in Invitation.objects.with_uid(reply.uid) if row.is_request and row.may_have_arrived]
    last = sent[-1] if sent else None
    if not last or reply.sequence != last.sequence:
        return None
    if reply.address not in [address.lower() for address in last.to]:
        return None
    # Locked, so that of two answers that arrive at once, the newer one stays.
    Activity.objects.all().locked(last.activity_id)
    own = {"activity_id": last.activity_id, "address": reply.address}
    known = InvitationAnswer.objects.filter(**own).first()
    if known and (known.sequence, known.stamp) >= (reply.sequence, reply.stamp):
        return None
    new = {"answer": reply.answer, "sequence": reply.sequence, "stamp": reply.stamp}
    new |= {"comment": reply.comment, "proposed_from": reply.begins, "proposed_to": reply.ends}
    answer = InvitationAnswer.objects.update_or_create(**own, defaults=new)[0]
    _tell_author(answer)
    return answer


def _tell_author(answer: InvitationAnswer) -> None:
    meeting = answer.activity
    author = meeting.created_by
    if author is None or not author.is_active or meeting.deleted_at:
        return
    values = {"address": answer.address, "answer": answer.answer, "subject": meeting.subject[:100]}
    tell(author, "invitation_answered", None, [meeting.record], table=meeting.of, **values)


def record_of_invitation(message_ids: Iterable[str]) -> tuple[str, int] | None:
    """The kind and ID of the record with the meeting that one of these emails invited to, the last one first."""
    for message_id in reversed(list(message_ids)):
        found = INVITATION.match(message_id)
        row = Invitation.objects.with_meeting().filter(pk=int(found[1])).first() if found else None
        if row and found and row.uid.partition("@")[0] == found[2]:
            return row.activity.of, row.activity.record
    return None
