"""Sending through a mailbox by SMTP."""

import smtplib
import socket
from typing import Any

from accounts.second_factor.secret_encryption import UnreadableSecret, decrypt_secret
from crm.platform.mail.smtp_backend import EmailBackend, RefusalRecorder
from crm.platform.web.outgoing_calls import NotCalled
from mailboxes.connections.oauth import get_access_token
from mailboxes.connections.server_connections import SECONDS, open_connection, wrap_in_tls
from mailboxes.mailbox_problems import MailboxProblem, get_mailbox_problem
from mailboxes.models import Mailbox

TLS = Mailbox.Encryption.TLS


class _Smtp(smtplib.SMTP):
    mailbox: Mailbox

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        try:
            plain = open_connection(host, port, inside=self.mailbox.may_be_inside("smtp"))
        except NotCalled as error:
            raise ConnectionError(str(error)) from error
        return wrap_in_tls(plain, host) if self.mailbox.smtp_encryption == TLS else plain

    def login(self, user: str, password: str, **_rest: Any) -> Any:
        """With XOAUTH2, the password is the access token."""
        if not self.mailbox.uses_oauth:
            return super().login(user, password)
        self.ehlo_or_helo_if_needed()
        sent = f"user={user}\x01auth=Bearer {password}\x01\x01"
        # A rejected token is answered with a challenge, and that with an empty line.
        return self.auth("XOAUTH2", lambda challenge=None: sent if challenge is None else "")


class Backend(EmailBackend):
    """The product's own, on a connection that was checked. Raises SMTPException if there is nothing to sign in with."""

    def __init__(self, mailbox: Mailbox, **_keywords: Any) -> None:
        self.mailbox = mailbox
        super().__init__(
            mailbox.smtp_host,
            mailbox.smtp_port,
            mailbox.login,
            "-",
            use_tls=mailbox.smtp_encryption != TLS,
            use_ssl=False,
            timeout=SECONDS,
        )

    @property
    def connection_class(self) -> Any:
        return type("Smtp", (RefusalRecorder, _Smtp), {"mailbox": self.mailbox, "refused": self.refused})

    def open(self) -> bool | None:
        try:
            self.password = (
                get_access_token(self.mailbox)
                if self.mailbox.uses_oauth
                else decrypt_secret(self.mailbox.secret)
            )
        except (MailboxProblem, UnreadableSecret) as error:
            raise smtplib.SMTPException(str(error)) from error
        return super().open()


def try_sign_in(mailbox: Mailbox) -> None:
    """Raises MailboxProblem."""
    backend = Backend(mailbox)
    try:
        backend.open()
    except Exception as error:
        raise get_mailbox_problem(error, "smtp") from error
    finally:
        backend.close()
