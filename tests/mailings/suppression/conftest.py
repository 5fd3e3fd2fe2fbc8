"""Mailings with recipients, some of whom get none."""

from tests.mailboxes.conftest import imap, imap_and_authority, make_mailbox, smtp
from tests.mailings.sending.conftest import make_mailing, make_recipients, one_connection, send
from tests.post_office import post_office

__all__ = [
    "imap",
    "imap_and_authority",
    "make_mailbox",
    "make_mailing",
    "make_recipients",
    "one_connection",
    "post_office",
    "send",
    "smtp",
]
