"""Mailings that were sent, and the mailbox that has what comes back."""

from tests.mailboxes.conftest import imap, imap_and_authority, make_mailbox, smtp
from tests.mailings.sending.conftest import make_mailing, make_recipients, one_connection, send

__all__ = [
    "imap",
    "imap_and_authority",
    "make_mailbox",
    "make_mailing",
    "make_recipients",
    "one_connection",
    "send",
    "smtp",
]
