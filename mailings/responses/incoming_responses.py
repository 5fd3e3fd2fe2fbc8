"""What comes back to a mailing: bounces, complaints and replies, each known by the signed Message-ID of the email that it is about.

Without that ID nothing counts, because anyone can send a report about anyone's address.
"""

from datetime import datetime

from django.db.models import QuerySet

from mailboxes.messages.automatic_messages import Bounce
from mailboxes.messages.received_message import Letter
from mailboxes.receiving.receive_hooks import Place
from mailings.content.signed_tokens import delivery_named_in
from mailings.models import Delivery, Suppression
from mailings.responses.bounce_handling import keep_problem, suppress
from mailings.sending.smtp_transfer import is_dead

Reason = Suppression.Reason


def of_thread(message_ids: tuple[str, ...]) -> Place | None:
    """The record that has received the mailing which an email answers."""
    row = delivery_named_in(" ".join(message_ids))
    return (row.of, row.record) if row else None


def replied(letter: Letter, at: datetime) -> None:
    """The first reply counts."""
    if row := delivery_named_in(" ".join(letter.references)):
        _rows(row).filter(replied_at=None).update(replied_at=at)


def bounced(bounce: Bounce, at: datetime) -> Place | None:
    """An address that can't receive is suppressed; a full mailbox, or a server that gave up, isn't its end."""
    row = delivery_named_in(bounce.message_id)
    if row is None:
        return None
    keep_problem(row.pk, f"bounced {bounce.why}")
    if is_dead(bounce.status):
        _rows(row).filter(bounced_at=None).update(bounced_at=at)
        suppress(row.pk, Reason.BOUNCED, bounce.why)
    return row.of, row.record


def complained(message_id: str, at: datetime) -> Place | None:
    row = delivery_named_in(message_id)
    if row is None:
        return None
    _rows(row).filter(complained_at=None).update(complained_at=at)
    suppress(row.pk, Reason.COMPLAINED)
    return row.of, row.record


def _rows(row: Delivery) -> QuerySet:
    return Delivery.objects.filter(pk=row.pk)
