"""Mailboxes that can't be read: what they show, whom they notify, and that they never stop other work."""

import contextlib
import socket
import threading
import time

import pytest
from django.utils import timezone

from accounts.second_factor.secret_encryption import encrypt_secret
from crm.models import Notification
from customers.models import Request
from mailboxes import jobs
from mailboxes.connections import imap as reading_imap
from mailboxes.mailbox_problems import PROBLEMS, get_problem_sentence
from mailboxes.models import Mailbox
from mailboxes.receiving.mailbox_polling import check_mailbox
from tests.mailboxes.conftest import an_email, read
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def talking(imap_and_authority, imap):
    """talking(b"…") is the port of a server that says this to everyone, and then keeps the connection."""
    _server, authority = imap_and_authority
    ended = threading.Event()
    with contextlib.ExitStack() as stack:

        def serve(listening: socket.socket, said: bytes, pause: float) -> None:
            with contextlib.suppress(OSError):
                plain, _address = listening.accept()
                with authority.server().wrap_socket(plain, server_side=True) as encrypted:
                    for part in [said] if not pause else [said[at : at + 1] for at in range(len(said))]:
                        encrypted.sendall(part)
                        time.sleep(pause)
                    ended.wait(PATIENCE)

        def start(said: bytes, pause: float = 0) -> int:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(target=serve, args=[listening, said, pause], daemon=True).start()
            return listening.getsockname()[1]

        yield start
        ended.set()


def test_a_wrong_password_is_shown_with_the_last_success(mailbox):
    before = mailbox.last_success_at
    mailbox.secret = encrypt_secret("wrong")
    mailbox.save()
    read(mailbox)
    assert mailbox.problem.startswith("imap_login ")
    assert (mailbox.last_success_at, mailbox.failures) == (before, 1)
    assert "wrong" not in mailbox.problem


def test_the_pause_doubles_with_each_failure_and_ends_with_a_success(mailbox, imap, stopped_clock):
    mailbox.imap_port = 1
    mailbox.save()
    pauses = []
    for _turn in range(8):
        read(mailbox)
        pauses.append((mailbox.next_check_at - stopped_clock).total_seconds() / 60)
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    mailbox.imap_port = imap.port
    mailbox.save()
    assert read(mailbox).failures == 0


def test_administrators_are_notified_once_of_a_mailbox_that_keeps_failing(mailbox, ada, imap):
    mailbox.imap_port = 1
    mailbox.save()
    for _turn in range(8):
        read(mailbox)
    (notice,) = Notification.objects.all()
    assert (notice.user, notice.kind, notice.path) == (
        ada,
        "mailbox_failing",
        f"/admin/mailboxes/{mailbox.pk}",
    )
    mailbox.imap_port = imap.port
    mailbox.save()
    read(mailbox)
    assert mailbox.notified is False


def test_a_changed_secret_key_asks_for_the_password_again(mailbox, settings):
    settings.SECRET_KEY = "another" * 10
    settings.SECRET_KEY_FALLBACKS = []
    assert read(mailbox).problem == "key"


def test_a_server_that_hangs_ends_with_a_sentence(mailbox, talking, monkeypatch):
    monkeypatch.setattr(reading_imap, "SECONDS", 0.3)
    mailbox.imap_port = talking(b"")
    mailbox.save()
    with monkeypatch.context() as quick:
        quick.setattr("mailboxes.connections.server_connections.SECONDS", 0.3)
        assert read(mailbox).problem == "imap_slow"


def test_a_server_that_sends_a_byte_now_and_then_is_cut_off(mailbox, talking):
    mailbox.imap_port = talking(b"* OK " + b"x" * 400, pause=0.05)
    mailbox.save()
    with pytest.raises(Exception, match="imap_slow"), reading_imap.open_reader(mailbox, 0.5):
        pass


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\0\xff\xfe\r\n" * 20,
        b"* OK hello\r\n* garbage {\r\n",
        b"* BYE\r\n",
        b"* OK [CAPABILITY IMAP4rev1] hello {999999999999}\r\n" + b"x" * 100,
        b"* OK " + b"x" * 2_000_000,
    ],
)
def test_a_server_that_sends_garbage_ends_with_a_sentence(mailbox, talking, said, monkeypatch):
    monkeypatch.setattr(reading_imap, "SECONDS", 0.5)
    mailbox.imap_port = talking(said)
    mailbox.save()
    monkeypatch.setattr("mailboxes.connections.server_connections.SECONDS", 0.5)
    assert read(mailbox).problem.partition(" ")[0] in ("imap_answer", "imap_slow", "imap_unreachable")
    assert get_problem_sentence(mailbox.problem)


def test_a_certificate_that_is_not_trusted_gets_no_password(mailbox, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert read(mailbox).problem == "imap_certificate"


def test_of_two_workers_one_reads_the_mailbox(mailbox, imap, monkeypatch):
    imap.deliver(mailbox.address, an_email(mailbox))
    assert mailbox.claim_for_reading(timezone.now())
    check_mailbox(Mailbox.objects.get())
    assert not Request.objects.exists()
    Mailbox.objects.update(busy_until=timezone.now())
    check_mailbox(Mailbox.objects.get())
    assert Request.objects.count() == 1


def test_a_message_that_is_too_large_is_noted_and_not_read(deliver, monkeypatch):
    monkeypatch.setattr(reading_imap, "LARGEST", 20_000)
    deliver(text="x" * 30 + "\n" + "long line\n" * 3_000)
    from mailboxes.models import Message

    assert Message.objects.get().outcome == "too_large"
    assert not Request.objects.exists()


def test_only_mailboxes_that_are_due_are_queued_and_each_once(mailbox, monkeypatch):
    queued = []
    monkeypatch.setattr(jobs.read_mailbox, "defer", lambda **values: queued.append(values))
    jobs.queue_due_mailboxes()
    assert queued == []
    Mailbox.objects.update(next_check_at=timezone.now())
    jobs.queue_due_mailboxes()
    jobs.queue_due_mailboxes()
    assert queued == [{"mailbox_id": mailbox.pk}]
    Mailbox.objects.update(next_check_at=timezone.now(), active=False)
    jobs.queue_due_mailboxes()
    assert len(queued) == 1


def test_the_job_reads_the_mailbox(mailbox, imap):
    imap.deliver(mailbox.address, an_email(mailbox))
    jobs.read_mailbox(mailbox.pk)
    assert Request.objects.count() == 1


def test_every_problem_has_a_sentence():
    for key in PROBLEMS:
        assert get_problem_sentence(f"{key} the answer")
    assert get_problem_sentence("") == ""
