"""What is read of a received email: its text, its files, whom it goes to, and what it answers."""

from base64 import b64encode
from hashlib import sha256

import pytest

from mailboxes.messages import received_message
from mailboxes.messages.received_message import parse_message_addresses, parse_received_message

MIXED = "multipart/mixed; boundary=x"
ANSWER = (
    "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@ours.example\r\nSEQUENCE:0\r\n"
    "DTSTAMP:20260302T080000Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@b.example\r\nEND:VEVENT\r\nEND:VCALENDAR"
)
INVITATION = ANSWER.replace("REPLY", "REQUEST")
INNER = "Subject: Old\r\n\r\nHello"


def build_email(*parts: tuple[str, str], content: str = MIXED) -> bytes:
    """`parts` are the headers of each and its text. With one header, that is its type."""
    texts = [f"--x\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts]
    return f"From: a@b.example\r\nContent-Type: {content}\r\n\r\n{''.join(texts)}--x--\r\n".encode()


def attached(kind: str, name: str = "") -> str:
    named = f"; filename={name}" if name else ""
    return f"{kind}\r\nContent-Disposition: attachment{named}"


PLAIN, PAGE = ("text/plain", "Hello"), ("text/html", "<p>Page</p>")
# The parts of an email, its text, its files, and how many answers to invitations it has.
CONTENTS = {
    "a text": ([PLAIN], "Hello", [], 0),
    "a page": ([PAGE], "Page", [], 0),
    "a text and a page": ([PLAIN, PAGE], "Hello", [], 0),
    "a page and a text": ([PAGE, PLAIN], "Hello", [], 0),
    "an empty text and a page": ([("text/plain", " "), PAGE], "Page", [], 0),
    "two texts": ([PLAIN, ("text/plain", "Ana")], "Hello\n\nAna", [], 0),
    "nothing": ([], "", [], 0),
    "a text with bytes that aren't text": ([("text/plain", "He\0llo\r\nAna")], "Hello\nAna", [], 0),
    "a file with a name": ([PLAIN, (attached("text/csv", "a.csv"), "1")], "Hello", [("a.csv", b"1")], 0),
    "a text with a name": ([PLAIN, ("text/plain; name=a.txt", "1")], "Hello", [("a.txt", b"1")], 0),
    "an attached text without a name": ([PLAIN, (attached("text/plain"), "1")], "Hello", [("file", b"1")], 0),
    "a picture with a name of its own": ([(attached("image/png", "a.png"), "1")], "", [("a.png", b"1")], 0),
    "something without a name": ([PLAIN, ("application/pdf", "1")], "Hello", [], 0),
    "an email": (
        [PLAIN, ("message/rfc822", INNER)],
        "Hello",
        [("message.eml", INNER.replace("\r\n", "\n").encode())],
        0,
    ),
    "an attached email": (
        [(attached("message/rfc822"), INNER)],
        "",
        [("message.eml", INNER.replace("\r\n", "\n").encode())],
        0,
    ),
    "an email with a name": (
        [(attached("message/rfc822", "a.eml"), INNER)],
        "",
        [("a.eml", INNER.replace("\r\n", "\n").encode())],
        0,
    ),
    "an answer": ([PLAIN, ("text/calendar", ANSWER)], "Hello", [], 1),
    "an answer of two types": (
        [("text/calendar", ANSWER), ("application/ics; name=a.ics", ANSWER)],
        "",
        [],
        1,
    ),
    "an answer as a text": ([("text/plain; name=a.ics", ANSWER)], "", [("a.ics", ANSWER.encode())], 0),
    "an invitation": ([PLAIN, ("text/calendar", INVITATION)], "Hello", [], 0),
    "an invitation with a name": (
        [PLAIN, ("text/calendar; name=a.ics", INVITATION)],
        "Hello",
        [("a.ics", INVITATION.encode())],
        0,
    ),
}


@pytest.mark.parametrize(("parts", "text", "files", "answers"), CONTENTS.values(), ids=CONTENTS)
def test_the_text_the_files_and_the_answers_of_an_email(parts, text, files, answers):
    letter = parse_received_message(build_email(*parts))
    assert (letter.text, list(letter.files), len(letter.replies)) == (text, files, answers)


def test_an_email_whose_parts_are_missing_has_no_text():
    assert (
        parse_received_message(b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nHello").text == ""
    )


def test_a_text_alone_is_the_text():
    assert parse_received_message(b"From: a@b.example\r\n\r\nHello").text == "Hello"


def test_of_very_many_addresses_and_references_the_first_and_the_last_ones_are_kept():
    every = [f"{number}@b.example" for number in range(101)]
    both = f"To: {', '.join(every)}\r\nCc: {', '.join(every)}"
    references = [f"<{one}>" for one in every]
    head = f"From: a@b.example\r\n{both}\r\nReferences: {' '.join(references[:-1])}\r\n"
    letter = parse_received_message(f"{head}In-Reply-To: {references[-1]}\r\n\r\nHello".encode())
    assert (list(letter.header_to), list(letter.header_cc)) == (every[:100], every[:100])
    assert list(letter.written_to) == [*every, *every]
    assert list(letter.references) == references[-50:]


LONGEST = f"<{'a' * 250}>"
# The header, and the Message-ID; None: one that is made of the content.
IDS = {
    "one": ("<1@b.example>", "<1@b.example>"),
    "one with words": ("(of us) <1@b.example>", "<1@b.example>"),
    "two": ("<1@b.example> <2@b.example>", "<1@b.example>"),
    "as long as its column": (LONGEST, LONGEST),
    "longer": (f"<{'a' * 251}>", None),
    "none": ("", None),
}


@pytest.mark.parametrize(("header", "message_id"), IDS.values(), ids=IDS)
def test_the_message_id(header, message_id):
    raw = f"From: a@b.example\r\nMessage-ID: {header}\r\n\r\nHello".encode()
    made = f"<{sha256(raw).hexdigest()}@no-id>"
    assert parse_received_message(raw).message_id == (message_id or made)


def build_index(size: int) -> str:
    return b64encode(b"\1" + bytes(size - 1)).decode()


# The header Thread-Index, and what is kept of it.
INDEXES = {
    "of a conversation": (build_index(22), build_index(22)),
    "of an answer": (build_index(27), build_index(27)),
    "in two lines": (f"{build_index(27)[:8]}\r\n {build_index(27)[8:]}", build_index(27)),
    "as long as allowed": (build_index(300), build_index(300)),
    "longer": (build_index(303), ""),
    "too short": (build_index(21), ""),
    "none": ("", ""),
}


@pytest.mark.parametrize(("header", "index"), INDEXES.values(), ids=INDEXES)
def test_the_conversation_of_outlook(header, index):
    raw = f"From: a@b.example\r\nThread-Index: {header}\r\n\r\nHello".encode()
    assert parse_received_message(raw).thread_index == index


# A message, and its sender, its recipients, and whether it is a report.
ADDRESSES = {
    "an email": (
        b"From: Ana <Ana@B.example>\r\nTo: c@d.example\r\n\r\nHello",
        ("ana@b.example", ["c@d.example"], False),
    ),
    "a report": (b"From: a@b.example\r\nContent-Type: multipart/report\r\n\r\n", ("a@b.example", [], True)),
    "nothing": (b"", ("", [], False)),
}


@pytest.mark.parametrize(("raw", "found"), ADDRESSES.values(), ids=ADDRESSES)
def test_whom_a_message_is_from_and_to(raw, found):
    assert parse_message_addresses(raw) == found


def test_a_message_that_cannot_be_read_is_from_and_to_no_one(monkeypatch):
    def fail(raw: bytes):
        raise RecursionError

    monkeypatch.setattr(received_message, "parse_headers", fail)
    assert parse_message_addresses(b"From: a@b.example\r\n\r\n") == ("", [], False)
