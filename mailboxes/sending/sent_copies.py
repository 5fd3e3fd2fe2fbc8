"""A copy of each email that a user sent, in the folder of sent messages of the mailbox that it went out through.

Google and Microsoft keep a copy of everything that is sent through their SMTP servers, so those of OAuth mailboxes are left
to them. Other mail servers keep none. A copy that the server has kept after all is found by its Message-ID.
"""

from email.utils import format_datetime
from typing import Any

from django.db import close_old_connections, connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from crm.models import Change, Operation
from crm.work.emails.email_sending import DeliverEmail
from crm.work.emails.mime_messages import FileGone, build_email
from crm.work.models.activity import Activity
from mailboxes.connections.imap import open_reader
from mailboxes.jobs import QUEUE
from mailboxes.sending.sender_routes import find_sending_mailbox

# A copy is a convenience: after three tries, an email just has none.
RETRIES = RetryStrategy(max_attempts=3, exponential_wait=4)


def queue_sent_copies(record: Operation) -> None:
    """Called within the transaction of each operation."""
    if record.kind != DeliverEmail.kind or not record.parameters.get("sent"):
        return
    ids = Change.objects.of_operation_and_parts(record, Activity.table).values("row")
    for activity in Activity.objects.with_author().filter(pk__in=ids):
        mailbox = find_sending_mailbox(activity)
        if mailbox is not None and not mailbox.uses_oauth:
            store_sent_copy.defer(activity_id=activity.pk)


@app.task(queue=QUEUE, name="keep_sent_copy", retry=RETRIES)
def store_sent_copy(activity_id: int) -> None:
    if not connection.in_atomic_block:
        close_old_connections()
    activity = Activity.objects.present().with_author().filter(pk=activity_id).first()
    mailbox = find_sending_mailbox(activity) if activity else None
    if activity is None or mailbox is None:
        return
    try:
        letter = build_email(activity)
    except FileGone:
        return
    letter.extra_headers["Date"] = format_datetime(activity.at)
    with open_reader(mailbox) as reader:
        message: Any = letter.message()
        reader.add_sent_copy(message.as_bytes(linesep="\r\n"), activity.message_id)
