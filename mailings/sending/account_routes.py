"""Through which account a mailing goes out, and the connection to its mail server."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.message import sanitize_address

from mailboxes.connections.smtp import Backend
from mailboxes.mailbox_problems import MailboxProblem, get_mailbox_problem
from mailings.models import Mailing, MailingAccount
from mailings.sending.dkim import DomainSigner
from mailings.sending.signing_keys import get_signer
from mailings.sending.smtp_transfer import normalize_line_ends, transfer_email

# None is the mail server of the settings.
Route = MailingAccount | None


class NotReached(Exception):
    """The mail server can't be reached or doesn't accept the sign-in, so it has accepted nothing; the text says why."""


def get_routes(mailing: Mailing, *, vip: bool) -> list[Route]:
    """The accounts of its department; without any, those of the others; without any at all, the mail server of the settings.

    VIP leads have the accounts for them, or else the ordinary ones: no one is left out because there is none.
    """
    usable = [
        account
        for account in MailingAccount.objects.select_related("mailbox").order_by("pk")
        if account.mailbox.active and account.mailbox.is_connected
    ]
    for fitting in [True, False] if vip else [False]:
        found = [account for account in usable if account.for_vip == fitting]
        if found:
            own = [account for account in found if account.mailbox.department_id == mailing.department_id]
            return [*(own or found)]
    return [None]


def get_sender_addresses(mailing: Mailing) -> list[str]:
    """The addresses that this mailing is sent from, as things are now."""
    routes = [*get_routes(mailing, vip=False), *get_routes(mailing, vip=True)]
    product = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return list(dict.fromkeys(route.mailbox.address if route else product for route in routes))


def uses_ordinary_account_for_vip(mailing: Mailing) -> bool:
    """Whether VIP leads get this mailing through the ordinary account, which its page says."""
    return not any(route and route.for_vip for route in get_routes(mailing, vip=True))


class Connections:
    """The connections of one thread, each opened when it is first needed, and the keys that sign what goes through them."""

    def __init__(self) -> None:
        self.open: dict[int | None, Any] = {}
        self.signers: dict[str, DomainSigner | None] = {}

    def send(self, route: Route, letter: EmailMessage) -> None:
        """Returns when the mail server has accepted the email. Raises NotReached, Refused, Broken and KeyUnreadable."""
        backend = self._open_connection(route)
        if not hasattr(backend, "connection"):
            # One of Django's that writes emails to a file, or to the terminal.
            backend.send_messages([letter])
            return
        encoding = letter.encoding or settings.DEFAULT_CHARSET
        sender, recipient = (sanitize_address(one, encoding) for one in (letter.from_email, letter.to[0]))
        message: Any = letter.message()
        content = normalize_line_ends(message.as_bytes(linesep="\r\n"))
        address = parseaddr(sender)[1]
        if signer := self._get_signer(address):
            content = signer.sign(content)
        transfer_email(backend.connection, address, parseaddr(recipient)[1], content)

    def _get_signer(self, address: str) -> DomainSigner | None:
        if address not in self.signers:
            self.signers[address] = get_signer(address)
        return self.signers[address]

    def _open_connection(self, route: Route) -> Any:
        key = route.pk if route else None
        if key not in self.open:
            backend: Any = Backend(route.mailbox) if route else get_connection()
            try:
                backend.open()
                if connection := getattr(backend, "connection", None):
                    connection.ehlo_or_helo_if_needed()
            except (OSError, MailboxProblem) as error:
                raise NotReached(
                    str(get_mailbox_problem(error, "smtp")).partition(" ")[2] or str(error)
                ) from error
            self.open[key] = backend
        return self.open[key]

    def drop(self, route: Route) -> None:
        """After an error: the next email gets a new one."""
        backend = self.open.pop(route.pk if route else None, None)
        if backend:
            backend.close()

    def close(self) -> None:
        for backend in self.open.values():
            backend.close()
        self.open.clear()


@contextmanager
def open_connections() -> Iterator[Connections]:
    found = Connections()
    try:
        yield found
    finally:
        found.close()
