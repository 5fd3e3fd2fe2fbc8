"""What other apps do with emails that are received: they know the record that an email answers, or follow a report about one."""

from collections.abc import Callable
from datetime import datetime

from mailboxes.messages.automatic_messages import Bounce
from mailboxes.messages.received_message import ReceivedMessage

RecordId = tuple[str, int]

# Given the IDs of the emails that an email answers: the kind and ID of the record, or None.
OF_THREADS: list[Callable[[tuple[str, ...]], RecordId | None]] = []
# Given an email that a person has written, and when it arrived.
ARRIVAL_HOOKS: list[Callable[[ReceivedMessage, datetime], None]] = []
# Given a report that an email bounced: the record of that email, or None if it isn't the app's.
BOUNCE_HOOKS: list[Callable[[Bounce, datetime], RecordId | None]] = []
# Given the Message-ID of an email that was marked as spam: the same.
COMPLAINT_HOOKS: list[Callable[[str, datetime], RecordId | None]] = []
