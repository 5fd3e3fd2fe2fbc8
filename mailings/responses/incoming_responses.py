"""What comes back to a mailing: bounces, complaints and replies, each known by the signed Message-ID of the email that it is about.

Without that ID nothing counts, because anyone can send a report about anyone's address.
"""

from datetime import datetime

from django.db.models import QuerySet

from mailboxes.messages.automatic_messages import Bounce
from mailboxes.messages.received_message import ReceivedMessage
from mailboxes.receiving.receive_hooks import RecordId
from mailings.content.signed_tokens import find_delivery_in_headers
from mailings.models import Delivery, Suppression
from mailings.responses.bounce_handling import suppress_address, write_delivery_problem
from mailings.sending.smtp_transfer import is_dead

Reason = Suppression.Reason


def find_mailed_record(message_ids: tuple[str, ...]) -> RecordId | None:
    """The record that has received the mailing which an email answers."""
    row = find_delivery_in_headers(" ".join(message_ids))
    return (row.of, row.record) if row else None


def record_reply(letter: ReceivedMessage, at: datetime) -> None:
    """The first reply counts."""
    if row := find_delivery_in_headers(" ".join(letter.references)):
        _delivery_queryset(row).filter(replied_at=None).update(replied_at=at)


def record_bounce(bounce: Bounce, at: datetime) -> RecordId | None:
    """An address that can't receive is suppressed; a full mailbox, or a server that gave up, isn't its end."""
    row = find_delivery_in_headers(bounce.message_id)
    if row is None:
        return None
    write_delivery_problem(row.pk, f"bounced {bounce.why}")
    if is_dead(bounce.status):
        _delivery_queryset(row).filter(bounced_at=None).update(bounced_at=at)
        suppress_address(row.pk, Reason.BOUNCED, bounce.why)
    return row.of, row.record


def record_complaint(message_id: str, at: datetime) -> RecordId | None:
    row = find_delivery_in_headers(message_id)
    if row is None:
        return None
    _delivery_queryset(row).filter(complained_at=None).update(complained_at=at)
    suppress_address(row.pk, Reason.COMPLAINED)
    return row.of, row.record


def _delivery_queryset(row: Delivery) -> QuerySet:
    return Delivery.objects.filter(pk=row.pk)
