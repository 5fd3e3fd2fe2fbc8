"""A received message names the record of its email, so it goes along when the email is moved to another record, and back by an undo."""

from crm.models import Operation
from crm.work.activities.moves import get_moved_activities
from mailboxes.models import Message


def move_messages(record: Operation) -> None:
    """Called within the transaction of each operation."""
    for activity, origin in get_moved_activities(record):
        messages = Message.objects.of_email(activity.pk, activity.message_id).of_record(*origin)
        messages.update(of=activity.of, record=activity.record)
