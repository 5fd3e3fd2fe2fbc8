"""Emails that no person wrote: bounces, automatic replies, newsletters, as their headers say (RFC 3834, RFC 3464, RFC 2369)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message

from mailboxes.messages.limits import MOST_REPORT

AUTOMATIC_PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
# Headers of newsletters, and of programs that don't follow RFC 3834. X-Auto-Response-Suppress is none of them, because emails
# that people write have it too.
REPLIES = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
LISTS = ("List-Id", "List-Unsubscribe")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
RECIPIENT = re.compile(
    r"^(?:Original|Final)-Recipient:[ \t]*rfc822[ \t]*;[ \t]*<?([^\s<>;]{3,254})",
    re.IGNORECASE | re.MULTILINE,
)
MOST_RECIPIENTS = 100


@dataclass(frozen=True)
class Bounce:
    """A report that an email couldn't be delivered: the Message-ID of that email, why, the enhanced status (RFC 3463), and to whom,
    if it says so."""

    message_id: str
    why: str
    status: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Complaint:
    """A report that a recipient has marked an email as spam (RFC 5965): the Message-ID of that email."""

    message_id: str


def is_automatic(header: Callable[[str], str]) -> bool:
    """`header` returns a header by its name, or ''."""
    submitted = header("Auto-Submitted").lower()
    if submitted and submitted != "no":
        return True
    if header("Precedence").lower() in AUTOMATIC_PRECEDENCE:
        return True
    return any(header(name) for name in (*REPLIES, *LISTS))


def is_automatic_reply(header: Callable[[str], str]) -> bool:
    """Whether the mailbox of a person has answered, such as out of the office. Newsletters and mailing lists don't count.

    Exchange marks its replies like notifications of programs (auto-generated), but only replies name the email that they answer.
    """
    precedence = header("Precedence").lower()
    if precedence in AUTOMATIC_PRECEDENCE - {"auto_reply", "bulk", "junk"} or any(
        header(name) for name in LISTS
    ):
        return False
    submitted = header("Auto-Submitted").lower().partition(";")[0].strip()
    answers = bool(header("In-Reply-To") or header("References"))
    if submitted == "auto-replied" or (submitted == "auto-generated" and answers):
        return True
    return precedence == "auto_reply" or any(header(name) for name in REPLIES)


def parse_bounce(message: Message) -> Bounce | None:
    """None for a report of something else, such as a delay, and for any other email."""
    lines = _get_report_text(message, "message/delivery-status")
    if not re.search(r"^Action:\s*failed\b", lines, re.IGNORECASE | re.MULTILINE):
        return None
    why = re.search(r"^Diagnostic-Code:\s*(?:[\w-]{1,40};\s*)?(\S.*)$", lines, re.IGNORECASE | re.MULTILINE)
    code = re.search(r"^Status:\s*([\d.]+)", lines, re.IGNORECASE | re.MULTILINE)
    said = why or code
    reason = said[1].strip()[:200] if said else ""
    return Bounce(
        _get_returned_message_id(message), reason, code[1][:12] if code else "", _parse_recipients(lines)
    )


def _parse_recipients(lines: str) -> tuple[str, ...]:
    """Those to whom the email couldn't be delivered, as they were written to and as the other mail server knows them. The lines of
    each recipient are a block (RFC 3464)."""
    blocks = re.split(r"\n[ \t\r]*\n", lines)
    failed = [
        block for block in blocks if re.search(r"^Action:\s*failed\b", block, re.IGNORECASE | re.MULTILINE)
    ]
    found = [address for block in failed for address in RECIPIENT.findall(block)]
    return tuple(dict.fromkeys(address.lower() for address in found))[:MOST_RECIPIENTS]


def parse_complaint(message: Message) -> Complaint | None:
    """None for a report of something else, such as that an email isn't spam, and for any other email."""
    lines = _get_report_text(message, "message/feedback-report")
    if not re.search(r"^Feedback-Type:\s*(abuse|fraud|other)\b", lines, re.IGNORECASE | re.MULTILINE):
        return None
    return Complaint(_get_returned_message_id(message))


def _get_report_text(message: Message, kind: str) -> str:
    """The lines of the report for programs, or ''."""
    if message.get_content_type() != "multipart/report":
        return ""
    found = next((part for part in _get_parts(message) if part.get_content_type() == kind), None)
    return found.as_bytes()[:MOST_REPORT].decode(errors="replace") if found else ""


def _get_returned_message_id(message: Message) -> str:
    """The Message-ID of the email that a report is about, which it has as its last part, or ''."""
    parts = reversed(_get_parts(message))
    found = next((one for part in parts if (one := MESSAGE_ID.search(part.as_bytes()[:MOST_REPORT]))), None)
    return found[1].decode(errors="replace") if found else ""


def _get_parts(message: Message) -> list[Message]:
    return message.get_payload() if message.is_multipart() else []  # type: ignore[return-value]
