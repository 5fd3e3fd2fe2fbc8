"""What is known of an email that can't be read: its sender and its subject."""

import pytest

from mailboxes.messages.received_message import MessageHead, parse_message_head

# The headers of an email, and what they say.
HEADS = {
    "a name and an address": (
        "From: Ana Pop <ana@a.example>\nSubject: Offer", MessageHead("ana@a.example", "Offer"),
    ),
    "an address": ("From: ana@a.example\nSubject: Offer", MessageHead("ana@a.example", "Offer")),
    "a subject in another alphabet": (
        "From: ana@a.example\nSubject: =?utf-8?b?T2ZlcnTEgw==?=", MessageHead("ana@a.example", "Ofertă"),
    ),
    "no sender": ("Subject: Offer", MessageHead("", "Offer")),
    "no subject": ("From: ana@a.example", MessageHead("ana@a.example", "")),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "head"), HEADS.values(), ids=HEADS)
def test_what_the_headers_of_an_email_say(headers, head):
    assert parse_message_head(f"{headers}\n\nHello".encode()) == head
