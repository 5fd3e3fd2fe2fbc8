"""Mail servers, and a shared mailbox on them."""

import itertools
from email.message import EmailMessage

import pytest

from accounts.second_factor.secret_encryption import encrypt_secret
from mailboxes.models import Mailbox
from mailboxes.receiving.mailbox_polling import check_mailbox
from tests.mailboxes.serving import PASSWORD, SmtpServer, an_imap_server
from tests.post_office import post_office

__all__ = ["post_office"]

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def imap_and_authority():
    with an_imap_server() as found:
        yield found


@pytest.fixture
def imap(imap_and_authority, monkeypatch):
    server, authority = imap_and_authority
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    return server


@pytest.fixture
def smtp(imap_and_authority, imap):
    _server, authority = imap_and_authority
    server = SmtpServer(authority.server())
    server.controller.start()
    yield server
    server.controller.stop()


@pytest.fixture
def make_mailbox(imap, smtp, departments):
    """make_mailbox(plus_addresses=True, …): a mailbox of the department Sales that has been read once."""

    def make(**values) -> Mailbox:
        number = next(NUMBERS)
        mailbox = Mailbox.objects.create(
            **{
                "name": "Sales mail",
                "address": f"sales{number}@ours.example",
                "department": departments.sales,
                "imap_host": "127.0.0.1",
                "imap_port": imap.port,
                "smtp_host": "127.0.0.1",
                "smtp_port": smtp.port,
                "secret": encrypt_secret(PASSWORD),
            }
            | values
        )
        check_mailbox(mailbox)
        assert mailbox.problem == ""
        return mailbox

    return make


@pytest.fixture
def mailbox(make_mailbox):
    return make_mailbox()


@pytest.fixture
def deliver(imap, mailbox):
    """deliver(subject="…", …) puts an email into the mailbox and reads it. Bytes are delivered as they are."""

    def put(message: EmailMessage | bytes | None = None, **values) -> None:
        imap.deliver(mailbox.address, an_email(mailbox, **values) if message is None else message)
        read(mailbox)

    return put


def an_email(mailbox: Mailbox, **values) -> EmailMessage:
    """From a stranger; `values` are headers, and "text"."""
    message = EmailMessage()
    headers = {
        "From": "Ana Albu <ana@stranger.example>",
        "To": mailbox.address,
        "Subject": "Offer for 200 chairs",
        "Message-ID": f"<{next(NUMBERS)}@stranger.example>",
    }
    message.set_content(values.pop("text", "Can you send an offer?"))
    for name, value in (headers | {key.replace("_", "-"): one for key, one in values.items()}).items():
        if value:
            message[name] = value
    return message


def read(mailbox: Mailbox) -> Mailbox:
    """As the worker does."""
    mailbox.refresh_from_db()
    check_mailbox(mailbox)
    mailbox.refresh_from_db()
    return mailbox


@pytest.fixture
def make_personal(imap, mailbox):
    """make_personal(bob, private=True): the mailbox of a user, which has been read once. A shared one uses the same server."""

    def make(user, **values) -> Mailbox:
        number = next(NUMBERS)
        personal = Mailbox.objects.create(
            **{
                "name": "Own mail",
                "address": f"own{number}@ours.example",
                "owner": user,
                "imap_host": "127.0.0.1",
                "imap_port": imap.port,
                "secret": encrypt_secret(PASSWORD),
            }
            | values
        )
        imap.deliver(personal.address, b"From: a@b.example\r\nSubject: old\r\n\r\nold", folder="Sent")
        check_mailbox(personal)
        assert personal.problem == ""
        return personal

    return make
