"""The headers of a mailing: who sends it, how to unsubscribe with one click (RFC 8058), which list it is of (RFC 2919), and
that no program should answer it (RFC 3834)."""

from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr, make_msgid
from typing import Any

from django.core.mail import EmailMultiAlternatives

from mailboxes.loops import mark
from mailings.identity import Identity, addresses_for
from mailings.models import Delivery, Mailing
from mailings.tokens import UNSUBSCRIBE, address_of, message_id_of


class Letter(EmailMultiAlternatives):
    """Its headers are on one line each as far as RFC 5322 allows, because some programs don't read a Message-ID or an address
    to unsubscribe that begins on the second line."""

    def message(self, *arguments: Any, **keywords: Any) -> Any:
        message: Any = super().message(*arguments, **keywords)
        message.policy = message.policy.clone(max_line_length=998)
        return message


@dataclass(frozen=True)
class From:
    named: str
    reply_to: str


def sent_from(delivery: Delivery, identity: Identity) -> From:
    sender, replies = addresses_for(delivery)
    return From(formataddr((identity.name, sender)), formataddr((identity.name, replies)))


def headers_of(delivery: Delivery) -> dict[str, str]:
    """All headers besides subject, sender and recipient."""
    return {
        "Message-ID": message_id_of(delivery) if delivery.pk else make_msgid(domain=mark()),
        "List-Id": list_id_of(delivery.mailing),
        "List-Unsubscribe": f"<{address_of(delivery, UNSUBSCRIBE)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        # Microsoft's programs read this one instead.
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Loop": mark(),
    }


def list_id_of(mailing: Mailing) -> str:
    """It never changes for a list, whatever its name is; mailings without a list are one too."""
    if mailing.list is None:
        return f"<mailings.{mark()}>"
    name = Header(" ".join(mailing.list.name.split()), "utf-8", maxlinelen=10_000).encode()
    shown = f'"{mailing.list.name}"' if mailing.list.name.isascii() and '"' not in mailing.list.name else name
    return f"{shown} <list-{mailing.list.pk}.{mark()}>"
