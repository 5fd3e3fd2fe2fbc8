"""Reading a personal mailbox: of each message, first only its addresses, and the rest only if one of them is known.

What isn't from or to a lead or contact that the owner sees leaves no trace here: neither a row nor a line in a log. Reports
of mail servers are also read, because they may be about an email that the owner sent from here, and emails of those whom the
owner has invited to a meeting, because they may answer.
"""

import time
from datetime import timedelta
from functools import partial

from django.utils import timezone

from accounts.models import User
from crm.models import Invitation
from mailboxes.connections.folder_positions import open_folder_at_position
from mailboxes.connections.imap import INBOX, ImapReader
from mailboxes.messages.parser_process import parse_addresses_in_process
from mailboxes.models import Mailbox, MailboxFolder
from mailboxes.receiving.bcc_address import get_own_addresses
from mailboxes.receiving.bounces import receive_delivery_report
from mailboxes.receiving.known_addresses import find_known_records
from mailboxes.receiving.message_receiving import receive_message
from mailboxes.receiving.personal_messages import MailboxOwner, receive_personal

BATCH = 200
ANSWERED_WITHIN = timedelta(days=7)


def read_personal_mailbox(reader: ImapReader, mailbox: Mailbox, ends: float) -> bool:
    """Whether everything has been read, in the inbox and in the folder of sent messages."""
    user = User.objects.with_rights().get(pk=mailbox.owner_id)
    owner = MailboxOwner(user, get_own_addresses(user))
    sent = reader.find_sent_folder()
    names = [INBOX, sent] if sent else [INBOX]
    return all(_read_folder(reader, mailbox, name, owner, ends, name == sent) for name in names)


def _read_folder(
    reader: ImapReader, mailbox: Mailbox, name: str, owner: MailboxOwner, ends: float, is_sent: bool
) -> bool:
    opened = open_folder_at_position(reader, mailbox, name)
    if opened is None:
        return True
    folder, uids = opened
    for start in range(0, len(uids), BATCH):
        batch = uids[start : start + BATCH]
        headers = reader.fetch_addresses(batch)
        named = dict(zip(headers, parse_addresses_in_process(list(headers.values())), strict=True))
        known = _get_known_messages(named, owner)
        reports = {uid for uid, (_sender, _others, is_report) in named.items() if is_report}
        for uid in sorted(known | reports):
            if time.monotonic() > ends:
                return False
            fetched = reader.fetch(uid)
            if fetched is not None:
                become = partial(receive_personal, owner=owner, is_sent=is_sent)
                receive_message(
                    folder,
                    fetched,
                    partial(receive_delivery_report, author=owner.user) if uid in reports else become,
                )
        _save_position(folder, batch[-1])
    return True


def _get_known_messages(named: dict[int, tuple[str, list[str], bool]], owner: MailboxOwner) -> set[int]:
    """Those that are from or to a known address, found for all of them at once."""
    every = {address for sender, others, _is_report in named.values() for address in (sender, *others)}
    known = {*find_known_records(owner.user, every - owner.addresses), *_get_invited_addresses(owner)}
    return {uid for uid, (sender, others, _) in named.items() if not known.isdisjoint((sender, *others))}


def _get_invited_addresses(owner: MailboxOwner) -> set[str]:
    """Those whom the owner has invited to a meeting that isn't long over: their answers are read."""
    sent = Invitation.objects.by_user(owner.user).since(timezone.now() - ANSWERED_WITHIN)
    return {address.lower() for row in sent for address in row.to}


def _save_position(folder: MailboxFolder, uid: int) -> None:
    """The messages up to this one have been looked at."""
    folder.last_uid = uid
    folder.save(update_fields=["uid_validity", "last_uid"])
