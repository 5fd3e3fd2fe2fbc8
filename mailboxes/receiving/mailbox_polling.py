"""Reading a mailbox: the messages that are new since the last time, one after the other, each in its own transaction."""

import time
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from crm.platform.web.notifications import create_notification
from mailboxes.connections.folder_positions import open_folder_at_position
from mailboxes.connections.imap import INBOX, ImapReader, open_reader
from mailboxes.connections.server_connections import LONGEST
from mailboxes.mailbox_problems import MailboxProblem
from mailboxes.models import Mailbox
from mailboxes.problem_emails import mail_lost_access
from mailboxes.receiving.message_receiving import receive_message
from mailboxes.receiving.personal_mailbox_reading import read_personal_mailbox

# After this many seconds the rest waits for the next visit, which follows at once.
ENOUGH = LONGEST / 2
# A single failure says little: it is reported after so many in a row, and at once if access has ended.
NOTIFIED_AFTER = 5


def check_mailbox(mailbox: Mailbox) -> None:
    """Read what is new. Of two workers that check a mailbox at once, only one does."""
    now = timezone.now()
    if not mailbox.claim_for_reading(now):
        return
    read = read_personal_mailbox if mailbox.owner_id else read_folder
    try:
        with open_reader(mailbox) as reader:
            is_done = read(reader, mailbox, time.monotonic() + ENOUGH)
        mailbox.record_success(now)
        if not is_done:
            Mailbox.objects.filter(pk=mailbox.pk).update(next_check_at=now)
    except MailboxProblem as problem:
        mailbox.record_failure(now, str(problem))
        _notify_of_failure(mailbox)
    finally:
        Mailbox.objects.filter(pk=mailbox.pk).update(busy_until=now)


def read_folder(reader: ImapReader, mailbox: Mailbox, ends: float) -> bool:
    """Whether everything has been read."""
    opened = open_folder_at_position(reader, mailbox, INBOX)
    if opened is None:
        return True
    folder, uids = opened
    for uid in uids:
        if time.monotonic() > ends:
            return False
        fetched = reader.fetch(uid)
        if fetched is not None:
            receive_message(folder, fetched)
    return True


@transaction.atomic
def _notify_of_failure(mailbox: Mailbox) -> None:
    """The owner and the administrators are notified once, until it works again, and by email too if it has lost its access.
    Administrators hear of a personal mailbox only in that case."""
    ended = mailbox.has_lost_access
    if mailbox.notified or not (ended or mailbox.failures >= NOTIFIED_AFTER):
        return
    mailbox.notified = True
    mailbox.save(update_fields=["notified"])
    owner: Any = mailbox.owner
    kind = "mailbox_ended" if ended else "mailbox_failing"
    administrators = User.objects.administrators().distinct() if ended or owner is None else []
    responsible = [owner] if owner else administrators
    for user in responsible:
        create_notification(user, kind, mailbox=mailbox.name, path=mailbox.get_absolute_url())
    others = [user for user in administrators if owner and user.pk != owner.pk]
    for user in others:
        create_notification(
            user, "personal_mailbox_ended", whose=owner.name, path=reverse("user", args=[owner.pk])
        )
    for user in [*responsible, *others] if ended else []:
        mail_lost_access.defer(mailbox_id=mailbox.pk, user_id=user.pk)
