"""Reading a mailbox by IMAP, with a limit for each answer, each step, and the whole visit."""

import imaplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import LoginError
from imapclient.imapclient import SENT

from accounts.second_factor.secret_encryption import decrypt_secret
from crm.platform.web.read_deadline import cut_off_after
from mailboxes.connections.oauth import get_access_token
from mailboxes.connections.server_connections import LONGEST, SECONDS, open_connection, wrap_in_tls
from mailboxes.mailbox_problems import MailboxProblem, get_mailbox_problem
from mailboxes.models import Mailbox

INBOX = "INBOX"
# A larger message is only noted with its headers. Of these, so many bytes are fetched.
LARGEST = 40 * 1024 * 1024
HEADERS = "BODY.PEEK[HEADER]<0.262144>"
WHOLE = "BODY.PEEK[]"
ADDRESSES = "BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC CONTENT-TYPE)]<0.65536>"


class _Imap(imaplib.IMAP4):
    """On a socket that is connected already. An answer can't be larger than a message may be."""

    def __init__(self, connected: socket.socket) -> None:
        self.connected = connected
        super().__init__()

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self.connected

    def read(self, size: int) -> bytes:
        if size > LARGEST:
            raise self.abort("the answer is too large")
        return super().read(size)


class _Client(IMAPClient):
    def __init__(self, host: str, connected: socket.socket) -> None:
        self.connected = connected
        super().__init__(host, timeout=SECONDS)
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        return _Imap(self.connected)


@dataclass(frozen=True)
class FolderPosition:
    """The numbers of a folder: those of its messages are valid as long as `validity` is the same."""

    validity: int
    next_uid: int


@dataclass(frozen=True)
class FetchedMessage:
    """A message as the server has it; only its headers if it is too large."""

    uid: int
    at: datetime
    raw: bytes
    is_whole: bool


class ImapReader:
    """A connection that is signed in. What is read stays unread for other programs."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def open_folder(self, name: str = INBOX) -> FolderPosition:
        answer = self.client.select_folder(name, readonly=True)
        return FolderPosition(int(answer[b"UIDVALIDITY"]), int(answer[b"UIDNEXT"]))

    def get_uids_after(self, uid: int) -> list[int]:
        # The last message is always part of the answer, whatever its number is.
        return sorted(one for one in self.client.search(["UID", f"{uid + 1}:*"]) if one > uid)

    def get_uids_since(self, day: date) -> list[int]:
        return sorted(self.client.search(["SINCE", day]))

    def find_sent_folder(self) -> str | None:
        """The one that the server marks as that of sent messages, or one with a usual name."""
        found = self.client.find_special_folder(SENT)
        return str(found) if found else None

    def add_sent_copy(self, raw: bytes, message_id: str) -> None:
        """Add a copy to the folder of sent messages, unless it is there already. A mailbox without one gets no copy."""
        folder = self.find_sent_folder()
        if folder is None:
            return
        self.client.select_folder(folder, readonly=True)
        if not self.client.search(["HEADER", "Message-ID", message_id]):
            self.client.append(folder, raw, flags=[SEEN])

    def fetch_addresses(self, uids: list[int]) -> dict[int, bytes]:
        """The headers with the addresses and the type of these messages, and nothing else of them."""
        answer = self.client.fetch(uids, [ADDRESSES])
        return {uid: _get_body(answer[uid]) or b"" for uid in uids if uid in answer}

    def fetch(self, uid: int) -> FetchedMessage | None:
        """None if it is gone by now."""
        found = self.client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
        if not found:
            return None
        is_whole = int(found[b"RFC822.SIZE"]) <= LARGEST
        part = self.client.fetch([uid], [WHOLE if is_whole else HEADERS]).get(uid, {})
        raw = part.get(b"BODY[]") if is_whole else _get_body(part)
        return None if raw is None else FetchedMessage(uid, found[b"INTERNALDATE"], raw, is_whole)


def _get_body(answer: dict[bytes, Any]) -> bytes | None:
    """Of an answer with one part, whatever its server calls it."""
    return next((part for name, part in answer.items() if name.startswith(b"BODY[")), None)


@contextmanager
def open_reader(mailbox: Mailbox, longest: float = LONGEST) -> Iterator[ImapReader]:
    """A visit to the IMAP server. Raises MailboxProblem for everything that goes wrong with it."""
    try:
        plain = open_connection(mailbox.imap_host, mailbox.imap_port, inside=mailbox.may_be_inside("imap"))
        # TLS takes over the socket; the duplicate still reaches the same connection.
        with plain.dup() as double, cut_off_after(longest, double, socket.SHUT_RDWR) as late:
            try:
                with (
                    wrap_in_tls(plain, mailbox.imap_host) as connected,
                    _open_client(mailbox, connected) as client,
                ):
                    _sign_in(client, mailbox)
                    yield ImapReader(client)
            except Exception as error:
                raise MailboxProblem("imap_slow") if late.is_set() else error from error
    except Exception as error:
        raise get_mailbox_problem(error, "imap") from error


@contextmanager
def _open_client(mailbox: Mailbox, connected: socket.socket) -> Iterator[_Client]:
    """Logs out at the end. After an error it closes the connection, which otherwise stays open for as long as the file that
    imaplib has made of it."""
    client = _Client(mailbox.imap_host, connected)
    try:
        yield client
        with suppress(Exception):
            client.logout()
    finally:
        with suppress(Exception):
            client.shutdown()


def _sign_in(client: _Client, mailbox: Mailbox) -> None:
    if not mailbox.uses_oauth:
        client.login(mailbox.login, decrypt_secret(mailbox.secret))
        return
    try:
        client.oauth2_login(mailbox.login, get_access_token(mailbox))
    except LoginError:
        # A token can end before its time, such as after a change of the password.
        client.oauth2_login(mailbox.login, get_access_token(mailbox, renewed=True))
