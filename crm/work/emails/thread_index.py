"""The header Thread-Index, by which Outlook and Exchange tell conversations.

[MS-OXOMSG] 2.2.1.3: base64 of 22 bytes, which are 0x01, five bytes of the time and a GUID, and of 5 bytes more for each answer. By
2.2.1.2, emails with the same GUID are one conversation; without the header, those with the same subject without prefixes
(Thread-Topic, 2.2.1.5) are. Exchange sends it with each email, and some of its answers have no References.
"""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256

HEADER, TIME, ANSWER = 22, 6, 5
RESERVED = 0x01
# The time counts ten millionths of a second since then.
BEGINNING = datetime(1601, 1, 1, tzinfo=UTC)
TICKS = 10_000_000
# Answers beyond these would make the header too long for its line, which programs then encode. The GUID stays.
MOST_ANSWERS = 4
LONGEST = 400


def parse_thread_index(text: str) -> bytes:
    """b'' for anything that isn't one."""
    try:
        found = b64decode("".join(text.split())[:LONGEST], validate=True)
    except ValueError:
        return b""
    return found if len(found) >= HEADER and found[0] == RESERVED else b""


def get_conversation(text: str) -> str:
    """The GUID in a Thread-Index as hexadecimal digits, or ''."""
    return parse_thread_index(text)[TIME:HEADER].hex()


def build_thread_index(message_id: str, at: datetime, *, is_answer: bool = False, parent: str = "") -> str:
    """That of an email that is written at this time: of a new conversation, or of an answer in a conversation with the Thread-Index
    `parent`. '' for an answer in a conversation without one, which Outlook then tells by its subject."""
    ticks = count_ticks(at)
    if index := parse_thread_index(parent):
        begun = int.from_bytes(index[:TIME], "big") << 16
        return encode_thread_index(
            index[: HEADER + ANSWER * (MOST_ANSWERS - 1)] + build_reply_index(ticks - begun, parent)
        )
    if is_answer:
        return ""
    guid = sha256(message_id.encode()).digest()[: HEADER - TIME]
    # The first byte of the time is 0x01, until the year 2057.
    return encode_thread_index(ticks.to_bytes(8, "big")[:TIME] + guid)


def count_ticks(at: datetime) -> int:
    return int((at - BEGINNING).total_seconds()) * TICKS


def build_reply_index(passed: int, parent: str) -> bytes:
    """The five bytes of an answer: how long after the beginning it was written, coarser after 1.7 years, and a byte that tells it
    from other answers of the same moment."""
    passed = max(0, passed)
    is_long = bool(passed >> 49)
    time = (passed >> (23 if is_long else 18)) & 0x7FFF_FFFF
    return (is_long << 31 | time).to_bytes(4, "big") + sha256(parent.encode()).digest()[:1]


def encode_thread_index(index: bytes) -> str:
    return b64encode(index).decode()
