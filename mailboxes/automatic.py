"""Emails that no person wrote: bounces, automatic replies, newsletters, as their headers say (RFC 3834, RFC 3464, RFC 2369)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message

AUTOMATIC_PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
# Headers of newsletters, and of programs that don't follow RFC 3834. X-Auto-Response-Suppress is none of them, because emails
# that people write have it too.
MARKS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "List-Id", "List-Unsubscribe")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Bounce:
    """A report that an email couldn't be delivered: the Message-ID of that email, and why."""

    message_id: str
    why: str


def is_automatic(header: Callable[[str], str]) -> bool:
    """`header` returns a header by its name, or ''."""
    submitted = header("Auto-Submitted").lower()
    if submitted and submitted != "no":
        return True
    if header("Precedence").lower() in AUTOMATIC_PRECEDENCE:
        return True
    return any(header(name) for name in MARKS)


def bounce_of(message: Message) -> Bounce | None:
    """None for a report of something else, such as a delay, and for any other email."""
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    parts: list[Message] = [part for part in message.get_payload() if isinstance(part, Message)]
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    lines = status.as_bytes().decode(errors="replace")
    if not re.search(r"^Action:\s*failed\b", lines, re.IGNORECASE | re.MULTILINE):
        return None
    found = next((one for part in reversed(parts) if (one := MESSAGE_ID.search(part.as_bytes()))), None)
    why = re.search(r"^Diagnostic-Code:\s*(?:[\w-]+;)?\s*(.+)$", lines, re.IGNORECASE | re.MULTILINE)
    code = re.search(r"^Status:\s*([\d.]+)", lines, re.IGNORECASE | re.MULTILINE)
    said = why or code
    reason = said[1].strip()[:200] if said else ""
    return Bounce(found[1].decode(errors="replace") if found else "", reason)
