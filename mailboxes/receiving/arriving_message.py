"""A message on its way in: its row, and the email that it becomes on the timeline of a record."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Operation
from crm.platform.files.kept_file import KeptFile
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.activity import LONGEST_SUBJECT, LONGEST_TEXT
from crm.work.models.email_envelope import LONGEST_NAME, join_addresses
from mailboxes.connections.imap import FetchedMessage
from mailboxes.messages.received_message import MessageHead, ReceivedMessage
from mailboxes.models import Mailbox, MailboxFolder, Message
from mailboxes.models.message import hash_message_id
from mailboxes.receiving.record_lookup import RecordId
from mailboxes.verbs import ReceiveEmail

Kind = Message.Outcome
SYSTEM = Operation.Channel.SYSTEM


@dataclass
class Arrival:
    """A message on its way in, and what is known of it so far."""

    folder: MailboxFolder
    fetched: FetchedMessage
    letter: ReceivedMessage | None = None
    # Of a message that couldn't be read
    head: MessageHead = field(default_factory=MessageHead)
    files: list[SimpleUploadedFile] = field(default_factory=list)
    # The names of files that aren't kept.
    dropped: list[str] = field(default_factory=list)

    # Of a personal mailbox
    thread: str = ""
    private: bool = False

    @property
    def mailbox(self) -> Mailbox:
        return self.folder.mailbox

    @property
    def at(self) -> datetime:
        """When the server received it; never in the future, whatever its clock says."""
        return min(self.fetched.at, timezone.now()).replace(microsecond=0)

    @property
    def key(self) -> str:
        """A private message doesn't keep another mailbox from receiving the same one."""
        letter: Any = self.letter
        return build_private_key(letter, self.mailbox) if self.private else hash_message_id(letter.message_id)


def build_private_key(letter: ReceivedMessage, mailbox: Mailbox) -> str:
    return hash_message_id(f"{letter.message_id} {mailbox.pk}")


def write_message_row(
    arrival: Arrival, outcome: str, place: RecordId | None = None, reason: str = ""
) -> Message:
    """Its row, and the folder's position behind it. Raises IntegrityError if another worker was faster."""
    letter = arrival.letter
    is_first = letter is not None and outcome != Kind.KNOWN
    row = Message.objects.create(
        mailbox=arrival.mailbox,
        folder=arrival.folder.name,
        uid_validity=arrival.folder.uid_validity,
        uid=arrival.fetched.uid,
        key=arrival.key if is_first else None,
        outcome=outcome,
        of=place[0] if place else "",
        record=place[1] if place else None,
        sender=(letter or arrival.head).sender,
        subject=(letter or arrival.head).subject,
        reason=reason[:300],
        thread=arrival.thread,
        private=arrival.private,
    )
    write_folder_position(arrival)
    return row


def write_folder_position(arrival: Arrival) -> None:
    arrival.folder.last_uid = arrival.fetched.uid
    arrival.folder.save(update_fields=["uid_validity", "last_uid"])


def add_email(
    arrival: Arrival, place: RecordId, files: tuple[KeptFile, ...], **more: Any
) -> Operation | None:
    """The operation, or None if the record has just been deleted. `more` are values of the verb."""
    model: Any = KINDS[place[0]].model
    rows = model._default_manager.present().filter(pk=place[1])
    verb = ReceiveEmail(**get_email_values(arrival, files) | more)
    return carry_out(verb, rows, by=None, channel=SYSTEM).operation


def get_email_values(arrival: Arrival, files: tuple[KeptFile, ...]) -> dict[str, Any]:
    """The values of the verb that adds it."""
    letter: Any = arrival.letter
    return {
        "address": letter.sender,
        "subject": letter.subject[:LONGEST_SUBJECT],
        "text": truncate_text(add_dropped_names(letter.text, arrival.dropped), LONGEST_TEXT),
        "message_id": letter.message_id,
        "at": arrival.at,
        "files": files,
        "automatic": letter.automatic_reply,
        "envelope": build_envelope(letter),
    }


def build_envelope(letter: Any) -> dict[str, str]:
    """The fields of EmailEnvelope."""
    return {
        "sender_name": letter.name[:LONGEST_NAME],
        "reply_to": letter.reply_to,
        "to": join_addresses(letter.header_to),
        "cc": join_addresses(letter.header_cc),
        "message_id": letter.message_id,
        "references": " ".join(letter.references),
        "thread_index": letter.thread_index,
    }


def add_dropped_names(text: str, dropped: list[str]) -> str:
    if not dropped:
        return text
    return f"{text}\n\n" + _("Attachments that weren’t kept: %(names)s") % {"names": ", ".join(dropped)[:500]}


def truncate_text(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
