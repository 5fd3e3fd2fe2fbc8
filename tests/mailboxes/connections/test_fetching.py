"""A server that fails while it sends a message: the visit ends in time, and the message is received later."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from customers.models import Request
from mailboxes.connections import imap as reading_imap
from mailboxes.connections import server_connections
from mailboxes.mailbox_problems import get_problem_sentence
from mailboxes.models import MailboxFolder, Message
from mailboxes.receiving import mailbox_polling
from tests.mailboxes.conftest import an_email, read
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db
LONGEST = 1.5
SIZE = b'* 1 FETCH (UID 8 RFC822.SIZE 200 INTERNALDATE "20-Nov-2026 10:00:00 +0000")\r\n'


class BrokenServer:
    """It signs everyone in, and has one new message. `send` is called with the socket once its body is fetched."""

    def __init__(self, context, send: Callable[[socket.socket], None]) -> None:
        self.context, self.send = context, send
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.fetched = False
        self.ended = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            plain, _address = self.listening.accept()
            with self.context.wrap_socket(plain, server_side=True) as connection:
                connection.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
                lines = connection.makefile("rb")
                while line := lines.readline():
                    self.answer(connection, line)

    def answer(self, connection: socket.socket, line: bytes) -> None:
        tag, _space, command = line.partition(b" ")
        said = b""
        if command.startswith((b"SELECT", b"EXAMINE")):
            said = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n* OK [UIDNEXT 9] next\r\n"
        elif command.startswith(b"CAPABILITY"):
            said = b"* CAPABILITY IMAP4rev1\r\n"
        elif b"SEARCH" in command:
            said = b"* SEARCH 8\r\n"
        elif b"RFC822.SIZE" in command:
            said = SIZE
        elif b"FETCH" in command:
            self.fetched = True
            self.send(connection)
            self.ended.wait(PATIENCE)
            return
        connection.sendall(said + tag + b" OK done\r\n")


def says(content: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(content)


def hangs_up(connection: socket.socket) -> None:
    connection.sendall(b"* 1 FETCH (UID 8 BODY[] {200}\r\nFrom: ana@")
    connection.close()


def sends_a_byte_now_and_then(connection: socket.socket) -> None:
    connection.sendall(b"* 1 FETCH (UID 8 BODY[] {200}\r\n")
    for _turn in range(200):
        connection.sendall(b"x")
        time.sleep(0.05)


WAYS = {
    "sends nothing": says(b""),
    "stops in the middle": says(b"* 1 FETCH (UID 8 BODY[] {200}\r\nFrom: ana@"),
    "sends a byte now and then": sends_a_byte_now_and_then,
    "hangs up in the middle": hangs_up,
    "sends garbage": says(b"\0\xff\xfe garbage\r\n" * 50),
    "sends an endless line": says(b"* 1 FETCH (UID 8 " + b"x" * 3_000_000),
    "names a size beyond all limits": says(b"* 1 FETCH (UID 8 BODY[] {99999999999}\r\nFrom: ana@"),
    "ends the connection": says(b"* BYE too busy\r\n"),
    "sends a list without end": says(b"* 1 FETCH " + b"(" * 500 + b"\r\n"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.hard
def test_a_server_that_fails_while_it_sends_a_message_ends_the_visit_in_time(
    mailbox, imap, imap_and_authority, monkeypatch, way
):
    real = mailbox.imap_port
    MailboxFolder.objects.filter(mailbox=mailbox).update(uid_validity=1, last_uid=7)
    server = BrokenServer(imap_and_authority[1].server(), WAYS[way])
    mailbox.imap_port = server.port
    mailbox.save()
    with monkeypatch.context() as limits:
        limits.setattr(server_connections, "SECONDS", 0.5)
        limits.setattr(mailbox_polling, "open_reader", partial(reading_imap.open_reader, longest=LONGEST))
        problem = read(mailbox).problem
    server.ended.set()
    assert server.fetched
    assert problem.partition(" ")[0] in ("imap_slow", "imap_answer", "imap_unreachable")
    assert get_problem_sentence(problem)
    # Nothing was taken for a message, and the place in the folder is the same.
    assert not Message.objects.exists()
    assert MailboxFolder.objects.get().last_uid == 7
    mailbox.imap_port = real
    mailbox.save()
    imap.deliver(mailbox.address, an_email(mailbox))
    assert read(mailbox).problem == ""
    assert Request.objects.count() == 1
