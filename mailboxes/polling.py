"""Reading a mailbox: the messages that are new since the last time, one after the other, each in its own transaction."""

import logging
import time
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from crm.web.notices import tell
from mailboxes.dialing import LONGEST
from mailboxes.imap import INBOX, Position, Reader, reading
from mailboxes.models import Mailbox, MailboxFolder
from mailboxes.problems import MailboxProblem
from mailboxes.receiving import receive

log = logging.getLogger(__name__)

# After this many seconds the rest waits for the next visit, which follows at once.
ENOUGH = LONGEST / 2
# A single failure says little: administrators are notified after so many in a row, and at once if access has ended.
NOTIFIED_AFTER = 5
ENDED = ("expired", "key")
# A server that has numbered its messages again: those of the last days are looked at again.
LOOKED_BACK = timedelta(days=3)


def check(mailbox: Mailbox) -> None:
    """Read what is new. Of two workers that check a mailbox at once, only one does."""
    now = timezone.now()
    if not mailbox.lease(now):
        return
    try:
        with reading(mailbox) as reader:
            is_done = read_folder(reader, mailbox)
        mailbox.succeeded(now)
        if not is_done:
            Mailbox.objects.filter(pk=mailbox.pk).update(next_check_at=now)
    except MailboxProblem as problem:
        mailbox.failed(now, str(problem))
        _notify(mailbox)
    finally:
        Mailbox.objects.filter(pk=mailbox.pk).update(busy_until=now)


def read_folder(reader: Reader, mailbox: Mailbox, name: str = INBOX) -> bool:
    """Whether everything has been read."""
    position = reader.open_folder(name)
    folder = mailbox.folders.filter(name=name).first()
    if folder is None:
        start_at(mailbox, position, name)
        return True
    folder.mailbox = mailbox
    uids = _new_uids(reader, folder, position)
    ends = time.monotonic() + ENOUGH
    for uid in uids:
        if time.monotonic() > ends:
            return False
        fetched = reader.fetch(uid)
        if fetched is not None:
            receive(folder, fetched)
    return True


def start_at(mailbox: Mailbox, position: Position, name: str = INBOX) -> None:
    """Messages from before stay where they are: a mailbox may have thousands."""
    values = {"uid_validity": position.validity, "last_uid": position.next_uid - 1}
    MailboxFolder.objects.update_or_create(mailbox=mailbox, name=name, defaults=values)


def _new_uids(reader: Reader, folder: MailboxFolder, position: Position) -> list[int]:
    if folder.uid_validity == position.validity:
        return reader.uids_after(folder.last_uid)
    # Messages that were received before are recognized by their Message-ID.
    folder.uid_validity, folder.last_uid = position.validity, 0
    since = (folder.mailbox.last_success_at or folder.mailbox.created_at) - LOOKED_BACK
    return reader.uids_since(since.date())


def _notify(mailbox: Mailbox) -> None:
    """The administrators are notified once, until it works again."""
    ended = mailbox.problem.partition(" ")[0] in ENDED
    if mailbox.notified or not (ended or mailbox.failures >= NOTIFIED_AFTER):
        return
    mailbox.notified = True
    mailbox.save(update_fields=["notified"])
    kind = "mailbox_ended" if ended else "mailbox_failing"
    for user in User.objects.administrators().distinct():
        tell(user, kind, mailbox=mailbox.name, path=mailbox.get_absolute_url())
