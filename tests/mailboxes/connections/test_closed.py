"""Every visit to a mail server ends with a closed connection, however it ends: a server takes only so many at a time."""

import gc

import psutil
import pytest

from accounts.second_factor.secret_encryption import encrypt_secret
from mailboxes.connections.imap import open_reader
from mailboxes.connections.smtp import try_sign_in
from mailboxes.mailbox_problems import MailboxProblem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_collection():
    """What is only closed because it is no longer used stays open here."""
    gc.disable()
    yield
    gc.enable()


def count_open(port: int) -> int:
    """The connections of this process to a server on this machine."""
    found = psutil.Process().net_connections("tcp4")
    return sum(one.status == psutil.CONN_ESTABLISHED and one.raddr[1:] == (port,) for one in found)


def reject(mailbox) -> None:
    mailbox.secret = encrypt_secret("wrong")


def break_off(_reader) -> None:
    raise ConnectionAbortedError


def test_a_visit_closes_its_connection(mailbox, imap):
    with open_reader(mailbox) as reader:
        assert count_open(imap.port) == 1
        reader.open_folder()
    assert count_open(imap.port) == 0


def test_a_rejected_sign_in_closes_its_connection(mailbox, imap):
    reject(mailbox)
    with pytest.raises(MailboxProblem), open_reader(mailbox):
        pass
    assert count_open(imap.port) == 0


def test_a_visit_that_breaks_off_closes_its_connection(mailbox, imap):
    with pytest.raises(MailboxProblem), open_reader(mailbox) as reader:
        break_off(reader)
    assert count_open(imap.port) == 0


def test_a_mail_server_that_rejects_the_sign_in_is_left(mailbox, smtp):
    reject(mailbox)
    with pytest.raises(MailboxProblem):
        try_sign_in(mailbox)
    assert count_open(smtp.port) == 0


def test_an_email_that_cannot_be_sent_leaves_no_connection(mailbox, smtp):
    from django.core.mail import EmailMessage

    from mailboxes.connections.smtp import Backend

    reject(mailbox)
    backend = Backend(mailbox)
    with pytest.raises(OSError, match="Authentication"):
        EmailMessage("Offer", "Here it is.", mailbox.address, ["ana@lead.example"], connection=backend).send()
    assert count_open(smtp.port) == 0
