"""A received email: what Leadwell needs of it, read from its bytes.

Nothing in an email can be trusted to be valid. A header that can't be read counts as missing, a text is decoded as far as
possible, and whatever else goes wrong is an exception of this one email.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mailboxes.automatic import Bounce, Complaint, bounce_of, complaint_of, is_automatic
from mailboxes.plain import plain_text

LONGEST_SUBJECT = 300
# The references of a long thread; the last ones are the nearest.
MOST_REFERENCES = 50
LONGEST_ID = 255
REFERENCE = re.compile(r"<[^<>\s]{1,250}>")
MOST_PARTS = 200
WRITTEN_TO = ("To", "Cc", "Bcc")
# What mail servers note when they deliver it.
DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To")
# Of each text, so many bytes are read: many times more than a record keeps.
MOST_TEXT = 1_000_000
# Python's names of encodings that aren't for emails, and whose decoding takes long.
NO_CHARSETS = {
    "punycode",
    "idna",
    "unicode_escape",
    "raw_unicode_escape",
    "unicode-escape",
    "raw-unicode-escape",
}


@dataclass(frozen=True)
class Letter:
    """`files` are names and bytes. `message_id` is made of the content if the email has none."""

    message_id: str
    name: str
    sender: str
    to: tuple[str, ...]
    # The addresses that its author wrote to.
    written_to: tuple[str, ...]
    subject: str
    text: str
    references: tuple[str, ...]
    at: datetime | None
    automatic: bool
    loops: tuple[str, ...]
    bounce: Bounce | None = None
    complaint: Complaint | None = None
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


def letter_in(raw: bytes) -> Letter:
    """Raises anything that the parser may raise for an email that can't be read."""
    message: EmailMessage = BytesParser(policy=policy.default).parsebytes(raw)
    name, sender = parseaddr(header(message, "From"))
    text, files = _content(message)
    ids = REFERENCE.findall(header(message, "Message-ID"))
    references = REFERENCE.findall(header(message, "References") + header(message, "In-Reply-To"))
    return Letter(
        message_id=ids[0] if ids else f"<{sha256(raw).hexdigest()}@no-id>",
        name=clean(name, 600),
        sender=_valid(sender),
        to=tuple(_addresses(message, *WRITTEN_TO, *DELIVERED_TO)),
        written_to=tuple(_addresses(message, *WRITTEN_TO)),
        subject=clean(header(message, "Subject"), LONGEST_SUBJECT),
        text=text,
        references=tuple(dict.fromkeys(references[-MOST_REFERENCES:])),
        at=_date(message),
        automatic=is_automatic(lambda name: header(message, name)),
        loops=tuple(str(one).strip() for one in message.get_all("X-Loop", [])),
        bounce=bounce_of(message),
        complaint=complaint_of(message),
        files=tuple(files),
    )


def header(message: Message, name: str) -> str:
    """The header as text; '' for a missing one, and for one that the parser can't read."""
    try:
        value = message.get(name, "")
        return " ".join(str(value).encode(errors="replace").decode().split())
    except Exception:
        return ""


def clean(text: str, longest: int) -> str:
    """One line without invisible characters."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(seen.split())[:longest]


def _valid(address: str) -> str:
    address = clean(address, 300)
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= 254 else ""


def addresses_in(raw: bytes) -> tuple[str, list[str]]:
    """The sender and the recipients that the headers of a message name."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw, headersonly=True)
    except Exception:
        # Then it isn't from or to a known address.
        return "", []
    return _valid(parseaddr(header(message, "From"))[1]).lower(), list(_addresses(message, *WRITTEN_TO))


def is_report(raw: bytes) -> bool:
    """Whether the headers of a message say that a mail server reports on another one (RFC 3464)."""
    return BytesParser().parsebytes(raw, headersonly=True).get_content_type() == "multipart/report"


def _addresses(message: Message, *names: str) -> Iterator[str]:
    """One header at a time: of several, some versions of Python read none if one is missing."""
    for text in filter(None, (header(message, name) for name in names)):
        for _name, address in getaddresses([text]):
            if "@" in address:
                yield address.lower()[:320]


def _date(message: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(header(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _content(message: EmailMessage) -> tuple[str, list[tuple[str, bytes]]]:
    """The text, from its plain version if there is one, and the attached files."""
    plain: list[str] = []
    pages: list[str] = []
    files: list[tuple[str, bytes]] = []
    for part in list(_parts(message))[:MOST_PARTS]:
        kind, name = part.get_content_type(), part.get_filename()
        if name or part.get_content_disposition() == "attachment":
            files.append((name or ("message.eml" if kind == "message/rfc822" else "file"), _bytes(part)))
        elif kind == "text/plain":
            plain.append(_text(part))
        elif kind == "text/html":
            pages.append(plain_text(_text(part)))
        elif kind == "message/rfc822":
            files.append(("message.eml", _bytes(part)))
    text = "\n\n".join(found.strip() for found in (plain if any(map(str.strip, plain)) else pages))
    return text.replace("\r\n", "\n").replace("\0", "").strip(), files


def _parts(message: Message) -> Iterator[Message]:
    """Its parts without those of attached emails."""
    if message.get_content_maintype() != "multipart":
        yield message
        return
    for part in message.get_payload() if isinstance(message.get_payload(), list) else []:
        yield from _parts(part)  # type: ignore[arg-type]


def _bytes(part: Message) -> bytes:
    if part.get_content_maintype() == "message" and part.is_multipart():
        return b"".join(inner.as_bytes() for inner in part.get_payload())  # type: ignore[union-attr]
    return part.get_payload(decode=True) or b""  # type: ignore[return-value]


def _text(part: Message) -> str:
    content, charset = _bytes(part)[:MOST_TEXT], part.get_content_charset("utf-8")
    try:
        return content.decode("utf-8" if charset in NO_CHARSETS else charset)
    except (LookupError, UnicodeDecodeError):
        return content.decode("utf-8", errors="replace")
