"""How much of each header of a received email is read, whatever its sender has written."""

import pytest

from mailboxes.messages import limits
from mailboxes.messages.message_parser import parse_message

# The name of a header, how many characters it has, and how many of them are read.
LENGTHS = {
    "a subject as people write it": ("Subject", 200, 200),
    "a subject without an end": ("Subject", 1_000_000, 10_000),
    "the sender": ("From", 50_000, 10_000),
    "a list of recipients": ("To", 20_000, 20_000),
    "a longer list of recipients": ("cc", 100_000, 32_000),
    "the emails that it answers": ("References", 100_000, 32_000),
    "how it was delivered": ("X-Original-To", 100_000, 32_000),
    "the type of a part": ("Content-Type", 5_000, 2_000),
    "the name of a file": ("content-disposition", 5_000, 2_000),
    "a signature of a server": ("DKIM-Signature", 4_000, 4_000),
    "a header that no one knows": ("X-" + "a" * 90, 50_000, 10_000),
}


@pytest.mark.parametrize(("name", "written", "read"), LENGTHS.values(), ids=LENGTHS)
def test_how_much_of_a_header_is_read(name, written, read):
    message, meter = parse_message(f"{name}: {'x' * written}\r\n\r\nHello".encode())
    assert len(message[name]) == read
    assert (meter.headers, meter.characters) == (1, read)


FOLDED = {
    "one line": (["a"], "a"),
    "two lines": (["a", " b"], "a b"),
    "many lines": (["a", *[" b"] * 20_000], "a" + " b" * 20_000),
}


@pytest.mark.parametrize(("lines", "value"), FOLDED.values(), ids=FOLDED)
def test_a_header_may_have_several_lines(lines, value):
    message, _meter = parse_message(("Subject: " + "\r\n".join(lines) + "\r\n\r\n").encode())
    read = message["Subject"].replace("\r\n", "")
    assert value.startswith(read)
    assert len(read) >= min(len(value), limits.LONGEST_HEADER // 3)


def test_of_all_headers_together_only_so_much_is_read():
    raw = "".join(f"X-{number}: {'x' * 9_000}\r\n" for number in range(100)).encode()
    _message, meter = parse_message(raw + b"\r\nHello")
    assert meter.characters <= limits.MOST_HEADER_CHARACTERS
    assert meter.headers <= 60


def test_more_headers_than_allowed_are_empty():
    raw = b"".join(b"X: y\r\n" for _number in range(limits.MOST_HEADERS + 10))
    message, meter = parse_message(raw + b"\r\nHello")
    assert meter.headers == limits.MOST_HEADERS
    assert message.values()[-1] == ""


PARTS = {
    "one": (1, 1),
    "as many as allowed": (limits.MOST_PARTS - 1, limits.MOST_PARTS - 1),
    "one more": (limits.MOST_PARTS, limits.MOST_PARTS - 1),
    "very many": (5_000, limits.MOST_PARTS - 1),
}


@pytest.mark.parametrize(("written", "read"), PARTS.values(), ids=PARTS)
def test_how_many_parts_are_read(written, read):
    """The message itself is one too."""
    raw = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\nHello\r\n" * written + b"--x--"
    message, meter = parse_message(raw)
    assert meter.parts == read + 1
    assert len(message.get_payload()) == read
    assert message.get_payload(0).get_payload() == "Hello"
