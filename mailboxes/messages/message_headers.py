"""The headers of a message as text. One that can't be read counts as missing."""

import codecs
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

WRITTEN_TO = ("To", "Cc", "Bcc")
# What mail servers note when they deliver it.
DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To")
ESCAPED = "raw-unicode-escape"
# Encodings of Python that aren't for emails, and whose decoding takes long.
NO_CHARSETS = {"punycode", "idna", "unicode-escape", ESCAPED, "undefined"}


def get_raw_header(message: Message, name: str) -> str:
    """The header in one line, as it was written; '' for a missing one, and for one that the parser can't read."""
    try:
        return join_lines(str(message.get(name, "")))
    except Exception:
        return ""


def get_header_text(message: Message, name: str) -> str:
    """The header with its encoded words decoded (RFC 2047)."""
    return decode_encoded_words(get_raw_header(message, name))


def get_sender_name_and_address(message: Message) -> tuple[str, str]:
    """The name and the address; '' for one that isn't valid."""
    name, address = parseaddr(get_raw_header(message, "From"))
    return decode_encoded_words(name), get_valid_address(address)


def get_reply_address(message: Message) -> str:
    """The first address of Reply-To, or ''."""
    return get_valid_address(next(generate_addresses(message, "Reply-To"), ""))


def generate_addresses(message: Message, *names: str) -> Iterator[str]:
    """One header at a time: of several, some versions of Python read none if one is missing."""
    for text in filter(None, (get_raw_header(message, name) for name in names)):
        for _name, address in getaddresses([text]):
            if "@" in address:
                yield address.lower()[:320]


def get_date(message: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(get_raw_header(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def decode_encoded_words(text: str) -> str:
    """Texts with encoded words; as it is if they are broken."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (MessageError, ValueError):
        return text
    # The library writes what isn't encoded with escapes for letters beyond Latin-1.
    words = (
        part if isinstance(part, str) else part.decode(get_codec(charset) if charset else ESCAPED, "replace")
        for part, charset in parts
    )
    return join_lines("".join(words))


def get_codec(charset: str) -> str:
    """The name of a codec for text: UTF-8 for an unknown one."""
    try:
        name = codecs.lookup(charset).name
        "".encode(name)
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if name in NO_CHARSETS else name


def join_lines(text: str) -> str:
    return " ".join(text.encode(errors="replace").decode().split())


def clean_header_text(text: str, longest: int) -> str:
    """One line without invisible characters."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(seen.split())[:longest]


def get_valid_address(address: str) -> str:
    """The address, or ''."""
    address = clean_header_text(address, 300)
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= 254 else ""
