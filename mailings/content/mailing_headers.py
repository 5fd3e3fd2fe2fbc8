"""The headers of a mailing: who sends it, how to unsubscribe with one click (RFC 8058), which list it is of (RFC 2919), and
that no program should answer it (RFC 3834)."""

from dataclasses import dataclass
from email.charset import QP, Charset
from email.header import Header, decode_header, make_header
from email.utils import formataddr, make_msgid
from typing import Any

from crm.platform.mail.header_lines import WrittenEmail
from crm.platform.mail.message_ids import get_sender_domain
from mailboxes.receiving.loop_detection import get_loop_mark
from mailings.content.sender_identity import SenderIdentity, get_sender_and_reply_address
from mailings.content.signed_tokens import UNSUBSCRIBE, build_message_id, get_public_url
from mailings.models import Delivery, Mailing

# Characters of a line with words that aren't ASCII (RFC 2047, 2).
ENCODED = 76


class SevenBit(Charset):
    """UTF-8 as quoted-printable, in lines of at most 76 characters: a mail server that takes only ASCII passes it on as it is, so
    the signature stays valid (RFC 6376, 5.3)."""

    def __init__(self) -> None:
        super().__init__("utf-8")
        self.body_encoding = QP


class Letter(WrittenEmail):
    """An email whose bytes pass through any mail server unchanged."""

    encoding: Any = SevenBit()

    def message(self, *arguments: Any, **keywords: Any) -> Any:
        message: Any = super().message(*arguments, **keywords)
        for name in ("Subject", "From", "Reply-To"):
            if "=?" in (message[name] or ""):
                # Django forgets that the name of the header is on the first line too.
                value = make_header(decode_header(message[name]), header_name=name).encode(maxlinelen=ENCODED)
                message.replace_header(name, value)
        return message


@dataclass(frozen=True)
class SenderHeader:
    """`domain` is that of the address that sends."""

    named: str
    reply_to: str
    domain: str


def build_sender_header(delivery: Delivery, identity: SenderIdentity) -> SenderHeader:
    sender, replies = get_sender_and_reply_address(delivery)
    named, reply_to = (formataddr((identity.name, address)) for address in (sender, replies))
    return SenderHeader(named, reply_to, get_sender_domain(sender))


def build_headers(delivery: Delivery, domain: str) -> dict[str, str]:
    """All headers besides subject, sender and recipient."""
    return {
        "Message-ID": build_message_id(delivery, domain) if delivery.pk else make_msgid(domain=domain),
        "List-Id": build_list_id(delivery.mailing),
        "List-Unsubscribe": f"<{get_public_url(delivery, UNSUBSCRIBE)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        # Microsoft's programs read this one instead.
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Loop": get_loop_mark(),
    }


def build_list_id(mailing: Mailing) -> str:
    """It never changes for a list, whatever its name is; mailings without a list are one too."""
    if mailing.list is None:
        return f"<mailings.{get_loop_mark()}>"
    name = " ".join(mailing.list.name.split())
    is_plain = name.isascii() and '"' not in name and "\\" not in name
    shown = f'"{name}"' if is_plain else Header(name, "utf-8", maxlinelen=10_000).encode()
    return f"{shown} <list-{mailing.list.pk}.{get_loop_mark()}>"
