"""What is wrong with a mailbox, in sentences: kept as a key and what the server said, read in the viewer's language."""

import imaplib
import smtplib
import socket
import ssl

from django.utils.translation import gettext_lazy as _
from imapclient.exceptions import IMAPClientError, LoginError

from accounts.second_factor.secret_encryption import UnreadableSecret
from crm.platform.web.outgoing_calls import NotCalled
from crm.platform.web.transactions import is_connection_lost, is_disk_full

LONGEST_ANSWER = 250
PROBLEMS = {
    "imap_login": _("The IMAP server doesn’t accept the sign-in: %(answer)s"),
    "imap_slow": _("The IMAP server didn’t respond in time."),
    "imap_unreachable": _("The IMAP server can’t be reached: %(answer)s"),
    "imap_certificate": _("The IMAP server’s certificate or encryption is invalid."),
    "imap_answer": _("The IMAP server sent an answer that can’t be read: %(answer)s"),
    "smtp_login": _("The SMTP server doesn’t accept the sign-in: %(answer)s"),
    "smtp_slow": _("The SMTP server didn’t respond in time."),
    "smtp_unreachable": _("The SMTP server can’t be reached: %(answer)s"),
    "smtp_certificate": _("The SMTP server’s certificate or encryption is invalid."),
    "smtp_answer": _("The SMTP server sent an answer that can’t be read: %(answer)s"),
    "key": _("The password can’t be read any more, because the secret key was changed. Enter it again."),
    "expired": _(
        "The permission to read this mailbox has expired or was revoked. Connect the mailbox again."
    ),
    "not_connected": _("The mailbox isn’t connected yet."),
    "oauth": _("The provider didn’t give access: %(answer)s"),
    "client_key": _(
        "The client secret can’t be read any more, because the secret key was changed. Enter it again."
    ),
    "no_client": _("Enter the OAuth client of this provider first."),
    "disk": _("The server is out of disk space. Messages are read when there is space again."),
    "inside": _("Something went wrong on our side. The messages are read again later."),
}


class MailboxProblem(Exception):
    """A key of PROBLEMS, and what the server said."""

    def __init__(self, key: str, answer: str = "") -> None:
        plain = " ".join("".join(letter if letter.isprintable() else " " for letter in answer).split())
        super().__init__(f"{key} {plain}"[:LONGEST_ANSWER].strip())


def get_problem_sentence(problem: str) -> str:
    """The problem in the user's language, or ''."""
    key, _space, answer = problem.partition(" ")
    return str(PROBLEMS.get(key, PROBLEMS["inside"])) % {"answer": answer or "–"} if problem else ""


def get_mailbox_problem(error: Exception, server: str) -> MailboxProblem:
    """`server` is "imap" or "smtp". Errors that aren't the server's are "inside"."""
    match error:
        case MailboxProblem():
            return error
        case UnreadableSecret():
            return MailboxProblem("key")
        case LoginError() | smtplib.SMTPAuthenticationError():
            return MailboxProblem(f"{server}_login", _get_server_answer(error))
        case ssl.SSLError():
            return MailboxProblem(f"{server}_certificate")
        case TimeoutError():
            return MailboxProblem(f"{server}_slow")
        case NotCalled() | socket.gaierror() | ConnectionError():
            return MailboxProblem(f"{server}_unreachable", str(error))
        case smtplib.SMTPException() | imaplib.IMAP4.error() | IMAPClientError():
            return MailboxProblem(f"{server}_answer", _get_server_answer(error))
    if is_disk_full(error):
        return MailboxProblem("disk")
    if isinstance(error, OSError):
        return MailboxProblem(f"{server}_unreachable", str(error))
    return MailboxProblem("inside" if is_connection_lost(error) else f"{server}_answer", type(error).__name__)


def _get_server_answer(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return str(error)
