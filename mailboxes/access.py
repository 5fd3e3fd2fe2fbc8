"""The access tokens that mailboxes sign in with by OAuth 2."""

from mailboxes.models import Mailbox
from mailboxes.problems import MailboxProblem


def access_token(mailbox: Mailbox) -> str:
    raise MailboxProblem("not_connected")
