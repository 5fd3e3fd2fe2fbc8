"""Reports that an email couldn't be delivered: the email that came back is marked as failed on its record's timeline, and an
invitation on its meeting."""

from typing import Any

from accounts.models import User
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import operation
from crm.work.activities.verbs import lock_record
from crm.work.invitations.invitation_answers import mark_undelivered
from crm.work.models.activity import Activity
from mailboxes.messages.received_message import ReceivedMessage
from mailboxes.receiving.arriving_message import (
    SYSTEM,
    Arrival,
    Kind,
    write_folder_position,
    write_message_row,
)
from mailboxes.receiving.record_lookup import RecordId
from mailboxes.verbs import BounceEmail


def receive_delivery_report(arrival: Arrival, *, author: User) -> None:
    """One in a personal mailbox counts only if the email was sent by its owner here. Any other report leaves no trace."""
    letter: Any = arrival.letter
    place = mark_email_bounced(letter, author) if letter.bounce is not None else None
    if place is None:
        write_folder_position(arrival)
    else:
        write_message_row(arrival, Kind.BOUNCE, place, reason=letter.bounce.why)


def mark_email_bounced(letter: ReceivedMessage, author: User | None = None) -> RecordId | None:
    """The record of the email, or None if it wasn't sent here; with `author`, only emails by this user count."""
    bounce: Any = letter.bounce
    rows = Activity.objects.present().sent_as(bounce.message_id)
    activity = (rows.by_user(author) if author else rows).with_author().first()
    if activity is None:
        return mark_undelivered(bounce.message_id, bounce.recipients, bounce.why, author)
    verb = BounceEmail(activity, bounce.why)
    values: dict[str, Any] = {"table": activity.of, "matched": 1, "changed": 1}
    with operation(verb.kind, by=activity.created_by, channel=SYSTEM, **values) as record:
        lock_record(activity)
        rows.update(**verb.get_values())
        write_verdicts(record, Outcome(activity.of, changed=[activity.record]))
        verb.write_consequences(record, [activity.record])
    return activity.of, activity.record
