"""How much of each header of a received email is read, whatever its sender has written."""

import pytest

from mailboxes.messages import limits
from mailboxes.messages.message_parser import LONGEST_HEAD, parse_headers, parse_message

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


# How many characters the name of a header has, and how many of them are read.
NAMES = {"short": (7, 7), "as long as allowed": (100, 100), "longer": (101, 100), "very long": (5_000, 100)}


@pytest.mark.parametrize(("written", "read"), NAMES.values(), ids=NAMES)
def test_how_much_of_the_name_of_a_header_is_read(written, read):
    message, _meter = parse_message(f"{'X' * written}: y\r\n\r\nHello".encode())
    assert message.items() == [("X" * read, "y")]


FOLDED = {
    "one line": ["a"],
    "two lines": ["a", " b"],
    "many lines": ["a", *[" b"] * 20_000],
    "as long as allowed": ["a", " b" * 2_000, " " + "c" * 5_994],
    "one character more": ["a", " b" * 2_000, " " + "c" * 5_995],
}


@pytest.mark.parametrize("lines", FOLDED.values(), ids=FOLDED)
def test_a_header_may_have_several_lines(lines):
    value = "\r\n".join(lines)
    message, _meter = parse_message(f"Subject: {value}\r\n\r\n".encode())
    assert message["Subject"] == value[: limits.LONGEST_HEADER].rstrip("\r\n")


def test_of_all_headers_together_only_so_much_is_read():
    raw = "".join(f"X-{number}: {'x' * 9_000}\r\n" for number in range(100)).encode()
    _message, meter = parse_message(raw + b"\r\nHello")
    assert meter.characters <= limits.MOST_HEADER_CHARACTERS
    assert meter.headers <= 60


def test_those_of_all_parts_count_together():
    part = f"--x\r\nX-Long: {'x' * 9_000}\r\n\r\nHello\r\n"
    _message, meter = parse_message(
        f"Content-Type: multipart/mixed; boundary=x\r\n\r\n{part * 100}--x--".encode()
    )
    assert meter.characters == limits.MOST_HEADER_CHARACTERS


# A message, and what its headers are.
HEADS = {
    "lines of the internet": (b"Subject: x\r\n\r\nHello\n\nAna", "x"),
    "lines of Unix": (b"Subject: x\n\nHello\r\n\r\nAna", "x"),
    "no content": (b"Subject: x\r\n", "x"),
    "no header": (b"\r\n\r\nSubject: x\n\nHello", None),
    "no header and lines of Unix": (b"\n\nSubject: x\r\n\r\nHello", None),
}


@pytest.mark.parametrize(("raw", "subject"), HEADS.values(), ids=HEADS)
def test_headers_are_read_without_the_content(raw, subject):
    message = parse_headers(raw)
    assert (message["Subject"], message.get_payload()) == (subject, "")


# How many bytes the headers have, and how many of them are read.
SIZES = {
    "few": (500, 500),
    "as many as allowed": (LONGEST_HEAD, LONGEST_HEAD),
    "more": (LONGEST_HEAD + 400, LONGEST_HEAD),
}


@pytest.mark.parametrize(("written", "read"), SIZES.values(), ids=SIZES)
def test_a_long_content_is_read_whole_behind_its_headers(written, read):
    head = b"X: " + b"\r\n ".join([b"y" * 97] * (written // 100))
    content = "Hello\r\n\r\n" * 20_000
    message, _meter = parse_message(head[:-3] + b"z" * 3 + b"\r\n\r\n" + content.encode())
    assert message.get_payload() == ("\r\n\r\n" if written > read else "") + content
    assert len(parse_headers(head).as_bytes()) <= read + 10


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


NESTED = {"few": (5, 5), "as many as allowed": (20, 20), "one more": (21, 20), "very many": (100, 20)}


@pytest.mark.parametrize(("written", "read"), NESTED.values(), ids=NESTED)
def test_how_deeply_parts_are_nested(written, read):
    head = "Content-Type: multipart/mixed; boundary=x{0}\r\n\r\n--x{0}\r\n"
    raw = "".join(head.format(number) for number in range(written)) + "\r\nHello"
    message, _meter = parse_message(raw.encode())
    depth = 0
    while message.is_multipart():
        depth, message = depth + 1, message.get_payload(0)
    assert depth == read
