"""Which emails no person wrote, and which of them are answers of a person's mailbox."""

import pytest

from mailboxes.messages.automatic_messages import is_automatic, is_automatic_reply

ANSWER = {"In-Reply-To": "<a@b.example>"}

# The headers, whether no person wrote it, and whether a mailbox has answered.
EMAILS = {
    "a person": ({}, False, False),
    "a person who answers": (ANSWER, False, False),
    "a person whose program says so": ({"Auto-Submitted": "no"} | ANSWER, False, False),
    "out of the office": ({"Auto-Submitted": "auto-replied"}, True, True),
    "out of the office, with a note": ({"Auto-Submitted": "auto-replied; owner=x"}, True, True),
    "out of the office of Exchange": ({"Auto-Submitted": "auto-generated"} | ANSWER, True, True),
    "a notification of a program": ({"Auto-Submitted": "auto-generated"}, True, False),
    "a message to many": ({"Auto-Submitted": "auto-notified"} | ANSWER, True, False),
    "an older program that answers": ({"X-Autoreply": "yes"}, True, True),
    "an older program that says so by its precedence": ({"Precedence": "auto_reply"}, True, True),
    "out of the office, sent in bulk": ({"Precedence": "bulk", "Auto-Submitted": "auto-replied"}, True, True),
    "bulk": ({"Precedence": "Bulk"}, True, False),
    "a mailing list": ({"Precedence": "list"} | ANSWER, True, False),
    "out of the office to a mailing list": (
        {"Auto-Submitted": "auto-replied", "List-Id": "<x.example>"},
        True,
        False,
    ),
    "a newsletter": ({"List-Unsubscribe": "<https://a.example>"}, True, False),
    "a person who wants no automatic replies": ({"X-Auto-Response-Suppress": "All"}, False, False),
}


@pytest.mark.parametrize(("headers", "automatic", "reply"), EMAILS.values(), ids=EMAILS)
def test_who_wrote_an_email(headers, automatic, reply):
    def header(name: str) -> str:
        return headers.get(name, "")

    assert (is_automatic(header), is_automatic_reply(header)) == (automatic, reply)
