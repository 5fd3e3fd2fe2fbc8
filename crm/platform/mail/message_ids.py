"""Message-IDs of the emails that Leadwell sends: unique, with the domain of the sender.

Python takes the name of the machine, which is often "localhost": spam filters count that, and two installations could have the
same one (RFC 5322, 3.6.4, recommends a domain of the sender).
"""

from collections.abc import Iterable
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage


def get_sender_domain(sender: str = "") -> str:
    """The domain of "Ana <ana@example.com>" as DNS has it; without a sender, of the address that Leadwell sends from."""
    _name, address = parseaddr(sender or settings.DEFAULT_FROM_EMAIL)
    _person, found, domain = address.rpartition("@")
    try:
        return domain.encode("idna").decode() if found and domain else "localhost"
    except UnicodeError:
        return "localhost"


def add_message_ids(messages: Iterable[EmailMessage]) -> None:
    """To those without one. An email that is sent again keeps its own."""
    for message in messages:
        if not any(name.lower() == "message-id" for name in message.extra_headers):
            message.extra_headers["Message-ID"] = make_msgid(domain=get_sender_domain(message.from_email))
