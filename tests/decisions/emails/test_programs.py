"""Which emails Gmail and Outlook take for one conversation: what we send is in the right one in both, and so is what they send here.

Gmail ("Manage threads" in the guide of its API): the References and In-Reply-To headers follow RFC 2822, and the subjects match.
Outlook ([MS-OXOMSG] 2.2.1.2): the GUID of Thread-Index, if it has 22 bytes or more and begins with 0x01; otherwise the subject without
prefixes (2.2.1.5).
"""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from crm.work.emails.email_replies import build_references, build_reply_subject
from crm.work.emails.thread_index import build_thread_index, get_conversation
from crm.work.grouped_timeline.email_threads import EmailHeader, group_into_threads, normalize_subject

AT = datetime(2026, 3, 3, 8, 12, tzinfo=UTC)
GUID = bytes(range(16))
OF_OUTLOOK = b64encode(b"\x01\xdc\xaa\xbb\xcc\xdd" + GUID).decode()
ANSWERED = b64encode(b"\x01\xdc\xaa\xbb\xcc\xdd" + GUID + b"\x00\x01\x02\x03\x04").decode()


class Sent(NamedTuple):
    """The headers of an email that tell its conversation."""

    message_id: str
    subject: str
    references: tuple[str, ...] = ()
    index: str = ""


def is_one_in_gmail(email: Sent, earlier: list[Sent]) -> bool:
    named = any(one.message_id in email.references for one in earlier)
    return named and all(
        normalize_subject(email.subject) == normalize_subject(one.subject) for one in earlier
    )


def get_outlook_key(email: Sent) -> str:
    index = b64decode(email.index)
    return index[6:22].hex() if len(index) >= 22 and index[0] == 1 else normalize_subject(email.subject)


def answer(earlier: list[Sent]) -> Sent:
    """Our answer to the last one."""
    last = earlier[-1]
    index = next((one.index for one in reversed(earlier) if one.index), "")
    return Sent(
        "<ours@crm.example>",
        build_reply_subject("reply", last.subject),
        tuple(build_references(last.references, last.message_id)),
        build_thread_index("<ours@crm.example>", AT, is_answer=True, parent=index),
    )


OURS = Sent("<1@crm.example>", "Offer", (), build_thread_index("<1@crm.example>", AT))
# A conversation so far, and which of its emails are one with our answer in Outlook.
CONVERSATIONS = {
    "Gmail asks": ([Sent("<1@gmail.example>", "Offer")], {0}),
    "Gmail answers itself": (
        [Sent("<1@gmail.example>", "Offer"), Sent("<2@gmail.example>", "Re: Offer", ("<1@gmail.example>",))],
        {0, 1},
    ),
    "Outlook asks": ([Sent("<1@outlook.example>", "Offer", (), OF_OUTLOOK)], {0}),
    "Outlook answers itself": (
        [
            Sent("<1@outlook.example>", "Offer", (), OF_OUTLOOK),
            Sent("<2@outlook.example>", "RE: Offer", ("<1@outlook.example>",), ANSWERED),
        ],
        {0, 1},
    ),
    "Outlook in German": ([Sent("<1@outlook.example>", "AW: Angebot", ("<0@x>",), ANSWERED)], {0}),
    "we ask, Outlook answers": (
        [OURS, Sent("<2@outlook.example>", "RE: Offer", ("<1@crm.example>",), OURS.index)],
        {0, 1},
    ),
    # Gmail sends no Thread-Index, so its answer is told by the subject, whatever we do.
    "we ask, Gmail answers": ([OURS, Sent("<2@gmail.example>", "Re: Offer", ("<1@crm.example>",))], {0}),
    "Outlook asks, Gmail answers": (
        [
            Sent("<1@outlook.example>", "Offer", (), OF_OUTLOOK),
            Sent("<2@gmail.example>", "Re: Offer", ("<1@outlook.example>",)),
        ],
        {0},
    ),
}


@pytest.mark.parametrize(("earlier", "same"), CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_our_answer_is_in_the_conversation_in_gmail_and_in_outlook(earlier, same):
    ours = answer(earlier)
    assert is_one_in_gmail(ours, earlier)
    assert {
        number for number, one in enumerate(earlier) if get_outlook_key(one) == get_outlook_key(ours)
    } == same


def test_a_new_email_begins_a_conversation_in_outlook():
    other = build_thread_index("<2@crm.example>", AT)
    assert len(b64decode(OURS.index)) == 22
    assert get_conversation(OURS.index) != get_conversation(other)
    assert OURS.index == build_thread_index("<1@crm.example>", AT)


# What arrives after our email with the subject "Offer", and whether it is one thread with it on the timeline.
ARRIVING = {
    "Gmail": (Sent("<2@gmail.example>", "Re: Offer", ("<1@crm.example>",)), True),
    "Gmail with another subject": (Sent("<2@gmail.example>", "The price", ("<1@crm.example>",)), True),
    "Outlook": (Sent("<2@outlook.example>", "RE: Offer", ("<1@crm.example>",), OURS.index), True),
    "Exchange without References": (Sent("<2@outlook.example>", "The price", (), OURS.index), True),
    "a new email of Outlook": (Sent("<2@outlook.example>", "The price", (), OF_OUTLOOK), False),
    "a program that says nothing": (Sent("<2@x.example>", "Re: Offer"), True),
    "a new email with another subject": (Sent("<2@x.example>", "Chairs"), False),
}


@pytest.mark.parametrize(("email", "same"), ARRIVING.values(), ids=ARRIVING)
def test_what_arrives_is_in_the_right_thread(email, same):
    headers = [
        EmailHeader(
            number,
            "lead",
            1,
            one.subject,
            AT - timedelta(hours=number),
            one.message_id,
            one.references,
            get_conversation(one.index),
        )
        for number, one in enumerate([email, OURS])
    ]
    assert group_into_threads(headers, {}) == ({0: [1]} if same else {})


@pytest.mark.parametrize(
    ("text", "conversation"),
    [
        (OF_OUTLOOK, GUID.hex()),
        (ANSWERED, GUID.hex()),
        # A mail server may break the line.
        (f"{OF_OUTLOOK[:10]}\r\n {OF_OUTLOOK[10:]}", GUID.hex()),
        ("", ""),
        ("no base64!", ""),
        ("AQ==", ""),
        (f"{OF_OUTLOOK[:10]}!{OF_OUTLOOK[10:]}", ""),
        # Another first byte
        (b64encode(b"\x02" + bytes(21)).decode(), ""),
        ("ăâî", ""),
    ],
)
def test_a_thread_index_is_read_or_left_alone(text, conversation):
    assert get_conversation(text) == conversation


@pytest.mark.parametrize(
    ("passed", "digits"),
    [
        # The difference in ten millionths of a second, without its last 18 bits, or, after 1.7 years, without its last 23.
        (timedelta(0), "00000000"),
        (timedelta(hours=1), f"{36_000_000_000 >> 18:08x}"),
        (timedelta(days=700), f"{(700 * 86_400 * 10_000_000 >> 23) | 1 << 31:08x}"),
        # A clock that is slow
        (timedelta(hours=-1), "00000000"),
    ],
)
def test_an_answer_says_how_long_after_the_beginning_it_was_written(passed, digits):
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    parent = build_thread_index("<1@x>", begun)
    found = b64decode(build_thread_index("<2@x>", begun + passed, is_answer=True, parent=parent))
    assert len(found) == 27
    # The time of the beginning lost its last 16 bits, which are less than 7 milliseconds.
    assert abs(int(found[22:26].hex(), 16) - int(digits, 16)) <= 1


def test_a_long_conversation_keeps_its_line_short():
    index, lengths = OURS.index, []
    for _number in range(30):
        index = build_thread_index("<x@x>", AT, is_answer=True, parent=index)
        lengths.append(len(b64decode(index)))
    assert lengths == [27, 32, 37, *[42] * 27]
    assert len(f"Thread-Index: {index}") <= 78
    assert get_conversation(index) == get_conversation(OURS.index)
