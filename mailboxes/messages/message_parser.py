"""Parsing a message within limits: Python's parsers of headers take hours for some that are long.

Headers are cut when the lines of the message are taken apart, so nothing that looks into them later sees more, and are only
read as far as they are asked for. A message with too many parts ends after the last one that is allowed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email._policybase import Compat32
from email.feedparser import BytesFeedParser
from email.message import Message
from typing import Any

from mailboxes.messages import limits

PORTION = 65_536
# Of a header, with the spaces behind it.
LONGEST_NAME = 100
# Bytes up to the first empty line.
LONGEST_HEAD = limits.MOST_HEADER_CHARACTERS


class TooManyParts(Exception):
    pass


@dataclass
class Meter:
    """What was read of a message so far; `characters` are those of its headers."""

    parts: int = 0
    headers: int = 0
    characters: int = 0

    def get_room(self, name: str) -> int:
        """How many characters of this header are read."""
        lowered = name.lower()
        if self.headers >= limits.MOST_HEADERS:
            return 0
        longest = limits.LONGEST_LIST if lowered in limits.LISTS else limits.LONGEST_HEADER
        longest = limits.LONGEST_OF_PART if lowered.startswith(limits.OF_PARTS) else longest
        return min(longest, limits.MOST_HEADER_CHARACTERS - self.characters)


class CutHeaders(Compat32):
    """Headers are texts, as far as there is room for them; bytes beyond ASCII are read as UTF-8."""

    meter: Meter | None = None

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        meter = self.meter or Meter()
        name, _colon, value = sourcelines[0][: limits.LONGEST_LIST + LONGEST_NAME].partition(":")
        name, room = name[:LONGEST_NAME], meter.get_room(name)
        value = "".join([value.lstrip(" \t"), *sourcelines[1:]])[:room].rstrip("\r\n")
        meter.headers += bool(room)
        meter.characters += len(value)
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value.encode("ascii", "surrogateescape").decode("utf-8", "replace")


def parse_message(raw: bytes) -> tuple[Message, Meter]:
    """The message and what was read of it. Raises what the parser raises for parts that are nested too deeply."""
    meter = Meter()
    made: list[Message] = []
    parser: Any = None

    def next_part(policy: CutHeaders) -> Message:
        if len(made) >= limits.MOST_PARTS or (parser and len(parser._msgstack) > limits.MOST_NESTED):
            raise TooManyParts
        made.append(Message(policy=policy))
        meter.parts = len(made)
        return made[-1]

    policy = CutHeaders(meter=meter, max_line_length=None)  # type: ignore[call-arg]
    parser = BytesFeedParser(next_part, policy=policy)  # type: ignore[arg-type]
    # The parser has tried it out.
    made.clear()
    try:
        for portion in _iterate_portions(raw):
            parser.feed(portion)
        return parser.close(), meter
    except TooManyParts:
        for part in made:
            if part.get_payload() is None:
                part.set_payload("")
        # The others are attached to the first one.
        return made[0], meter


def parse_headers(raw: bytes) -> Message:
    """A message without its content, which isn't looked at."""
    return parse_message(raw[: _get_head_size(raw)][:LONGEST_HEAD])[0]


def _iterate_portions(raw: bytes) -> Iterator[bytes]:
    """Without what a head has beyond its limit."""
    size = _get_head_size(raw)
    head = raw[: min(size, LONGEST_HEAD)]
    yield head if size <= LONGEST_HEAD else head + b"\r\n\r\n"
    for begin in range(size, len(raw), PORTION):
        yield raw[begin : begin + PORTION]


def _get_head_size(raw: bytes) -> int:
    """Bytes up to the first empty line."""
    ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := raw.find(mark)) >= 0]
    return min(ends) if ends else len(raw)
