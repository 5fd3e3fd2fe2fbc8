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

from crm.work.emails.thread_index import get_conversation
from crm.work.invitations.itip_replies import LONGEST_FILE, InvitationReply, parse_replies
from mailboxes.messages.automatic_messages import (
    Bounce,
    Complaint,
    is_automatic,
    is_automatic_reply,
    parse_bounce,
    parse_complaint,
)
from mailboxes.messages.html_to_markdown import convert_html_to_markdown
from mailboxes.messages.inline_pictures import (
    get_content_id,
    get_picture_names,
    has_picture_names,
    insert_picture_names,
)
from mailboxes.messages.limits import MOST_TEXT
from mailboxes.messages.message_headers import (
    DELIVERED_TO,
    WRITTEN_TO,
    clean_header_text,
    decode_encoded_words,
    generate_addresses,
    get_codec,
    get_date,
    get_header_text,
    get_raw_header,
    get_reply_address,
    get_sender_name_and_address,
)
from mailboxes.messages.message_parser import parse_headers, parse_message

LONGEST_SUBJECT = 300
# The references of a long thread; the last ones are the nearest.
MOST_REFERENCES = 50
# Of more, an answer to all goes to the first ones.
MOST_ADDRESSES = 100
LONGEST_INDEX = 400
# Outlook and Google send answers as both.
CALENDARS = ("text/calendar", "application/ics")
# No longer than the columns that keep it.
REFERENCE = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True)
class MessageHead:
    """What the headers of a message say about it, also of one that can't be read; '' is unknown."""

    sender: str = ""
    subject: str = ""


@dataclass(frozen=True)
class ReceivedMessage:
    """`files` are names and bytes. `message_id` is made of the content if the email has none."""

    message_id: str
    name: str
    sender: str
    to: tuple[str, ...]
    # The addresses that its author wrote to.
    written_to: tuple[str, ...]
    # Those in its header To, and those in Cc.
    header_to: tuple[str, ...]
    header_cc: tuple[str, ...]
    # Where its author wants answers to go, or ''.
    reply_to: str
    subject: str
    text: str
    references: tuple[str, ...]
    at: datetime | None
    automatic: bool
    # Of a person's mailbox, such as out of the office
    automatic_reply: bool
    loops: tuple[str, ...]
    # As Outlook tells conversations, or ''.
    thread_index: str = ""
    bounce: Bounce | None = None
    complaint: Complaint | None = None
    # To invitations to meetings
    replies: tuple[InvitationReply, ...] = ()
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


def parse_received_message(raw: bytes) -> ReceivedMessage:
    """Raises anything that the parser may raise for an email that can't be read."""
    message, _meter = parse_message(raw)
    name, sender = get_sender_name_and_address(message)
    text, files, replies = _get_content(message)
    ids = REFERENCE.findall(get_raw_header(message, "Message-ID"))
    references = REFERENCE.findall(
        get_raw_header(message, "References") + get_raw_header(message, "In-Reply-To")
    )
    return ReceivedMessage(
        message_id=ids[0] if ids else f"<{sha256(raw).hexdigest()}@no-id>",
        name=clean_header_text(name, 600),
        sender=sender,
        to=tuple(generate_addresses(message, *WRITTEN_TO, *DELIVERED_TO)),
        written_to=tuple(generate_addresses(message, *WRITTEN_TO)),
        header_to=tuple(generate_addresses(message, "To"))[:MOST_ADDRESSES],
        header_cc=tuple(generate_addresses(message, "Cc"))[:MOST_ADDRESSES],
        reply_to=get_reply_address(message),
        subject=clean_header_text(get_header_text(message, "Subject"), LONGEST_SUBJECT),
        text=text,
        references=tuple(dict.fromkeys(references[-MOST_REFERENCES:])),
        at=get_date(message),
        automatic=is_automatic(partial(get_raw_header, message)),
        automatic_reply=is_automatic_reply(partial(get_raw_header, message)),
        loops=tuple(one.strip() for one in message.get_all("X-Loop", [])),
        thread_index=_get_thread_index(message),
        bounce=parse_bounce(message),
        complaint=parse_complaint(message),
        replies=tuple(dict.fromkeys(replies)),
        files=tuple(files),
    )


def _get_thread_index(message: Message) -> str:
    index = "".join(get_raw_header(message, "Thread-Index").split())
    return index if len(index) <= LONGEST_INDEX and get_conversation(index) else ""


def parse_message_head(raw: bytes) -> MessageHead:
    message = parse_headers(raw)
    return MessageHead(
        get_sender_name_and_address(message)[1],
        clean_header_text(get_header_text(message, "Subject"), LONGEST_SUBJECT),
    )


def parse_message_addresses(raw: bytes) -> tuple[str, list[str], bool]:
    """The sender and the recipients that the headers of a message name, and whether they say that a mail server reports on
    another message (RFC 3464)."""
    try:
        message = parse_headers(raw)
        is_report = message.get_content_type() == "multipart/report"
        return (
            get_sender_name_and_address(message)[1].lower(),
            list(generate_addresses(message, *WRITTEN_TO)),
            is_report,
        )
    except Exception:
        # Then it isn't from or to a known address.
        return "", [], False


def _get_content(message: Message) -> tuple[str, list[tuple[str, bytes]], list[InvitationReply]]:
    """The text, the attached files, and answers to invitations. The text is from its plain version if there is one, unless only
    the page says where pictures are."""
    plain: list[str] = []
    pages: list[str] = []
    files: list[tuple[str, bytes]] = []
    replies: list[InvitationReply] = []
    room = MOST_TEXT
    parts = list(_iterate_parts(message))
    pictures = get_picture_names(parts)
    for part in parts:
        kind, name = part.get_content_type(), decode_encoded_words(part.get_filename() or "")
        if kind.startswith("image/"):
            name = pictures.get(get_content_id(part), name)
        if kind in CALENDARS and (
            found := parse_replies(_decode_text(part, _get_bytes(part)[:LONGEST_FILE]))
        ):
            replies += found
        elif name or part.get_content_disposition() == "attachment":
            files.append((name or ("message.eml" if kind == "message/rfc822" else "file"), _get_bytes(part)))
        elif kind in ("text/plain", "text/html"):
            content = _get_bytes(part)[:room]
            room -= len(content)
            (plain if kind == "text/plain" else pages).append(_decode_text(part, content))
        elif kind == "message/rfc822":
            files.append(("message.eml", _get_bytes(part)))
    text = _join_texts(insert_picture_names(one, pictures) for one in plain)
    if not text or (pictures and not has_picture_names(text, pictures)):
        page = _join_texts(convert_html_to_markdown(page, pictures) for page in pages)
        text = page if not text or has_picture_names(page, pictures) else text
    return text.replace("\r\n", "\n").replace("\0", "").strip(), files, replies


def _join_texts(texts: Iterable[str]) -> str:
    return "\n\n".join(text.strip() for text in texts).strip()


def _iterate_parts(message: Message) -> Iterator[Message]:
    """Its parts without those of attached emails."""
    if message.get_content_maintype() != "multipart":
        yield message
        return
    for part in message.get_payload() if message.is_multipart() else []:
        yield from _iterate_parts(part)  # type: ignore[arg-type]


def _get_bytes(part: Message) -> bytes:
    if part.is_multipart():
        return b"".join(inner.as_bytes() for inner in part.get_payload())  # type: ignore[union-attr]
    return part.get_payload(decode=True) or b""  # type: ignore[return-value]


def _decode_text(part: Message, content: bytes) -> str:
    try:
        return content.decode(get_codec(part.get_content_charset("utf-8")))
    except UnicodeDecodeError:
        return content.decode("utf-8", errors="replace")
