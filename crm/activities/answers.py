"""Taking in what those invited to a meeting answer."""

from django.db import transaction

from crm.activities.itip import Reply, replies_in
from crm.models import Activity, Invitation, InvitationAnswer


def take_answers(file: str) -> list[InvitationAnswer]:
    """Keep the answers in the calendar part of an email that has arrived. Returns those that were new.

    An answer counts if it is for one of our meetings, from someone invited to it, to the invitation as it was sent last, and
    newer than their last answer. So replays and answers to an earlier time change nothing. Whoever reads the email
    makes sure that it comes from the address that answers.
    """
    return [answer for reply in replies_in(file) if (answer := _take(reply))]


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
    return InvitationAnswer.objects.update_or_create(**own, defaults=new)[0]
