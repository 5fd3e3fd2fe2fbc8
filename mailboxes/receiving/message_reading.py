"""Taking an arrived message apart. One that is too much to read, or at which workers ended, is skipped with a notification."""

import logging
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from crm.platform.files.error_messages import get_refusal_code
from crm.platform.files.file_names import clean_file_name
from crm.platform.files.limits import MAX_FILES
from crm.platform.web.notifications import create_notification
from mailboxes.messages.parser_process import BeyondLimits, NotRead, parse_head_in_process, read_letter
from mailboxes.messages.received_message import ReceivedMessage
from mailboxes.models import Message
from mailboxes.receiving.arriving_message import Arrival, Kind, write_message_row
from mailboxes.receiving.recipient_links import remove_recipient_links

log = logging.getLogger(__name__)
# Someone who sends many such messages doesn't fill the notifications: the page of the mailbox lists all of them.
NOTIFIED_AGAIN = timedelta(hours=1)
# A message that was begun once may have met a restart, or may be with another worker at this moment. Only one that was
# begun so many times and never finished is itself the reason why.
MOST_BEGUN = 2


def read_arrived_message(arrival: Arrival) -> bool:
    """Whether the message was read: its letter and files are in the arrival. Any other one is kept aside with the reason."""
    folder, fetched = arrival.folder, arrival.fetched
    if folder.count_begun(fetched.uid) >= MOST_BEGUN:
        arrival.head = parse_head_in_process(fetched.raw)
        _skip_message(arrival, Kind.UNFINISHED)
        return False
    folder.record_attempt(fetched.uid)
    try:
        arrival.letter = remove_recipient_links(read_letter(fetched.raw))
        arrival.files, arrival.dropped = _split_attachable_files(arrival.letter)
    except BeyondLimits as error:
        arrival.head = error.head
        _skip_message(arrival, Kind.LIMITS)
    except Exception as error:
        why = str(error) if isinstance(error, NotRead) else type(error).__name__
        arrival.head = error.head if isinstance(error, NotRead) else arrival.head
        # The content stays out of the log.
        log.warning("Mailbox %s: message %s can't be read: %s", folder.mailbox_id, fetched.uid, why)
        arrival.letter = None
        with transaction.atomic():
            write_message_row(arrival, Kind.UNREADABLE, reason=why)
    folder.clear_attempts()
    return arrival.letter is not None


@transaction.atomic
def _skip_message(arrival: Arrival, outcome: Message.Outcome) -> None:
    mailbox, head = arrival.mailbox, arrival.head
    log.warning("Mailbox %s: message %s is skipped: %s", mailbox.pk, arrival.fetched.uid, outcome)
    recent = mailbox.messages.skipped_since(timezone.now() - NOTIFIED_AGAIN)
    is_told = recent.exists()
    write_message_row(arrival, outcome)
    if is_told:
        return
    readers = [mailbox.owner] if mailbox.owner else User.objects.administrators().distinct()
    for user in readers:
        create_notification(
            user,
            "email_skipped",
            path=mailbox.get_absolute_url(),
            mailbox=mailbox.name,
            sender=head.sender,
            subject=head.subject[:100],
        )


def _split_attachable_files(letter: ReceivedMessage) -> tuple[list[SimpleUploadedFile], list[str]]:
    """The files that may be attached, and the names of the others."""
    files: list[SimpleUploadedFile] = []
    dropped: list[str] = []
    for name, content in letter.files:
        upload = SimpleUploadedFile(clean_file_name(name), content)
        if len(files) < MAX_FILES and not get_refusal_code(upload):
            files.append(upload)
        else:
            dropped.append(clean_file_name(name))
    return files, dropped
