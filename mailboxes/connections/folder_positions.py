"""How far each folder of a mailbox has been read."""

from datetime import timedelta

from mailboxes.connections.imap import INBOX, FolderPosition, ImapReader
from mailboxes.models import Mailbox, MailboxFolder

# A server that has numbered its messages again: those of the last days are looked at again.
LOOKED_BACK = timedelta(days=3)


def create_folder_position(mailbox: Mailbox, position: FolderPosition, name: str = INBOX) -> None:
    """Messages from before stay where they are: a mailbox may have thousands."""
    values = {"uid_validity": position.validity, "last_uid": position.next_uid - 1}
    MailboxFolder.objects.update_or_create(mailbox=mailbox, name=name, defaults=values)


def open_folder_at_position(
    reader: ImapReader, mailbox: Mailbox, name: str
) -> tuple[MailboxFolder, list[int]] | None:
    """The folder and the numbers of its new messages, or None if it is read from now on."""
    position = reader.open_folder(name)
    folder = mailbox.folders.filter(name=name).first()
    if folder is None:
        create_folder_position(mailbox, position, name)
        return None
    folder.mailbox = mailbox
    return folder, _get_new_uids(reader, folder, position)


def _get_new_uids(reader: ImapReader, folder: MailboxFolder, position: FolderPosition) -> list[int]:
    if folder.uid_validity == position.validity:
        return reader.get_uids_after(folder.last_uid)
    # Messages that were received before are recognized by their Message-ID.
    folder.uid_validity, folder.last_uid = position.validity, 0
    since = (folder.mailbox.last_success_at or folder.mailbox.created_at) - LOOKED_BACK
    return reader.get_uids_since(since.date())
