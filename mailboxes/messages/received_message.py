"""A received email: what Leadwell needs of it, read from its bytes by a process of its own (mailboxes/messages/parser_process.py).

Nothing in an email can be trusted to be valid. A header that can't be read counts as missing, a text is decoded as far as
possible, and whatever else goes wrong is an exception of this one email.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from functools import partial
from hashlib import sha256

from crm.work.invitations.itip_replies import LONGEST_FILE, Reply, replies_in
from mailboxes.messages.automatic_messages import (
    Bounce,
    Complaint,
    bounce_of,
    complaint_of,
    is_automatic,
    is_automatic_reply,
)
from mailboxes.messages.html_to_markdown import plain_text
from mailboxes.messages.inline_pictures import content_id_of, names_in, pictures_of, with_names
from mailboxes.messages.limits import MOST_TEXT
from mailboxes.messages.message_headers import (
    DELIVERED_TO,
    WRITTEN_TO,
    addresses_of,
    clean,
    codec_of,
    date_of,
    decoded,
    header,
    sender_of,
    text_of,
)
from mailboxes.messages.message_parser import parse_headers, parse_message

LONGEST_SUBJECT = 300
# The references of a long thread; the last ones are the nearest.
MOST_REFERENCES = 50
LONGEST_ID = 255
# Outlook and Google send answers as both.
CALENDARS = ("text/calendar", "application/ics")
REFERENCE = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True)
class Head:
    """What the headers of a message say about it, also of one that can't be read; '' is unknown."""

    sender: str = ""
    subject: str = ""


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
    # Of a person's mailbox, such as out of the office
    automatic_reply: bool
    loops: tuple[str, ...]
    bounce: Bounce | None = None
    complaint: Complaint | None = None
    # To invitations to meetings
    replies: tuple[Reply, ...] = ()
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


def letter_in(raw: bytes) -> Letter:
    """Raises anything that the parser may raise for an email that can't be read."""
    message, _meter = parse_message(raw)
    name, sender = sender_of(message)
    text, files, replies = _content(message)
    ids = REFERENCE.findall(header(message, "Message-ID"))
    references = REFERENCE.findall(header(message, "References") + header(message, "In-Reply-To"))
    return Letter(
        message_id=ids[0] if ids else f"<{sha256(raw).hexdigest()}@no-id>",
        name=clean(name, 600),
        sender=sender,
        to=tuple(addresses_of(message, *WRITTEN_TO, *DELIVERED_TO)),
        written_to=tuple(addresses_of(message, *WRITTEN_TO)),
        subject=clean(text_of(message, "Subject"), LONGEST_SUBJECT),
        text=text,
        references=tuple(dict.fromkeys(references[-MOST_REFERENCES:])),
        at=date_of(message),
        automatic=is_automatic(partial(header, message)),
        automatic_reply=is_automatic_reply(partial(header, message)),
        loops=tuple(one.strip() for one in message.get_all("X-Loop", [])),
        bounce=bounce_of(message),
        complaint=complaint_of(message),
        replies=tuple(dict.fromkeys(replies)),
        files=tuple(files),
    )


def head_in(raw: bytes) -> Head:
    message = parse_headers(raw)
    return Head(sender_of(message)[1], clean(text_of(message, "Subject"), LONGEST_SUBJECT))


def addresses_in(raw: bytes) -> tuple[str, list[str], bool]:
    """The sender and the recipients that the headers of a message name, and whether they say that a mail server reports on
    another message (RFC 3464)."""
    try:
        message = parse_headers(raw)
        is_report = message.get_content_type() == "multipart/report"
        return sender_of(message)[1].lower(), list(addresses_of(message, *WRITTEN_TO)), is_report
    except Exception:
        # Then it isn't from or to a known address.
        return "", [], False


def _content(message: Message) -> tuple[str, list[tuple[str, bytes]], list[Reply]]:
    """The text, the attached files, and answers to invitations. The text is from its plain version if there is one, unless only
    the page says where pictures are."""
    plain: list[str] = []
    pages: list[str] = []
    files: list[tuple[str, bytes]] = []
    replies: list[Reply] = []
    room = MOST_TEXT
    parts = list(_parts(message))
    pictures = pictures_of(parts)
    for part in parts:
        kind, name = part.get_content_type(), decoded(part.get_filename() or "")
        if kind.startswith("image/"):
            name = pictures.get(content_id_of(part), name)
        if kind in CALENDARS and (found := replies_in(_text(part, _bytes(part)[:LONGEST_FILE]))):
            replies += found
        elif name or part.get_content_disposition() == "attachment":
            files.append((name or ("message.eml" if kind == "message/rfc822" else "file"), _bytes(part)))
        elif kind in ("text/plain", "text/html"):
            content = _bytes(part)[:room]
            room -= len(content)
            (plain if kind == "text/plain" else pages).append(_text(part, content))
        elif kind == "message/rfc822":
            files.append(("message.eml", _bytes(part)))
    text = _joined(with_names(one, pictures) for one in plain)
    if not text or (pictures and not names_in(text, pictures)):
        page = _joined(plain_text(page, pictures) for page in pages)
        text = page if not text or names_in(page, pictures) else text
    return text.replace("\r\n", "\n").replace("\0", "").strip(), files, replies


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text.strip() for text in texts).strip()


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


def _text(part: Message, content: bytes) -> str:
    try:
        return content.decode(codec_of(part.get_content_charset("utf-8")))
    except UnicodeDecodeError:
        return content.decode("utf-8", errors="replace")
