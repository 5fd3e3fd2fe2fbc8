"""Which emails report that an email couldn't be delivered or was marked as spam, and what they say."""

from email import message_from_bytes
from types import SimpleNamespace
from typing import Any

import pytest

from mailboxes.messages.automatic_messages import Bounce, Complaint, parse_bounce, parse_complaint
from mailboxes.receiving import bounces

OURS, TEXT = "<1@ours.example>", "--x\r\nContent-Type: text/plain\r\n\r\nAction: failed\r\n"
RETURNED = f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Offer\r\nMessage-ID: {OURS}\r\n\r\n"


def build_report(kind: str, lines: str, *, of: str = "report", returned: str = RETURNED) -> bytes:
    """`kind` is the type of the part for programs, with these lines."""
    parts = f"{TEXT}--x\r\nContent-Type: message/{kind}\r\n\r\n{lines}\r\n{returned}--x--\r\n"
    return f"Content-Type: multipart/{of}; boundary=x\r\n\r\n{parts}".encode()


def build_bounce(lines: str, **more: str) -> bytes:
    return build_report("delivery-status", f"Reporting-MTA: dns; mx.example\r\n\r\n{lines}", **more)


FAILED = "Action: failed\r\nStatus: 5.1.1\r\n"
SAID = f"{FAILED}Diagnostic-Code: smtp; 550 No such user \r\n"
BOUNCES = {
    "with a reason": (build_bounce(SAID), Bounce(OURS, "550 No such user", "5.1.1")),
    "without a reason": (build_bounce(FAILED), Bounce(OURS, "5.1.1", "5.1.1")),
    "with a reason of no kind": (
        build_bounce(f"{FAILED}Diagnostic-Code: No such user"),
        Bounce(OURS, "No such user", "5.1.1"),
    ),
    "without a status": (
        build_bounce("Action: failed\r\nDiagnostic-Code: smtp; 550 No"),
        Bounce(OURS, "550 No", ""),
    ),
    "with nothing else": (build_bounce("Action: failed"), Bounce(OURS, "", "")),
    "in other letters": (
        build_bounce("action:FAILED\r\nstatus: 5.1.1\r\ndiagnostic-code: SMTP; 550 No"),
        Bounce(OURS, "550 No", "5.1.1"),
    ),
    "with a long reason": (
        build_bounce(f"{FAILED}Diagnostic-Code: smtp; {'x' * 201}"),
        Bounce(OURS, "x" * 200, "5.1.1"),
    ),
    "with a long status": (
        build_bounce("Action: failed\r\nStatus: 5.1.123456789"),
        Bounce(OURS, "5.1.123456789", "5.1.12345678"),
    ),
    "with a hundred and one recipients": (
        build_bounce(
            "".join(f"Final-Recipient: rfc822; {one}@a.example\r\n{FAILED}" for one in range(100, 201))
        ),
        Bounce(OURS, "5.1.1", "5.1.1", tuple(f"{one}@a.example" for one in range(100, 200))),
    ),
    "with an answer that came back": (
        build_bounce(FAILED, returned=RETURNED.replace("Subject: Offer", "In-Reply-To: <2@x.example>")),
        Bounce(OURS, "5.1.1", "5.1.1"),
    ),
    "with a Message-ID in other letters": (
        build_bounce(FAILED, returned=RETURNED.replace("Message-ID", "message-id")),
        Bounce(OURS, "5.1.1", "5.1.1"),
    ),
    "without the email that came back": (build_bounce(FAILED, returned=""), Bounce("", "5.1.1", "5.1.1")),
    "with a note behind the email that came back": (
        build_bounce(FAILED, returned=f"{RETURNED}{TEXT}"),
        Bounce(OURS, "5.1.1", "5.1.1"),
    ),
    "of a delay": (build_bounce("Action: delayed\r\nStatus: 4.4.7"), None),
    "of a failed action among other words": (build_bounce("X-Action: failed"), None),
    "in an email of another type": (build_bounce(FAILED, of="mixed"), None),
    "of another type": (build_report("feedback-report", FAILED), None),
    "without parts": (b"Content-Type: multipart/report; boundary=x\r\n\r\nAction: failed", None),
}


@pytest.mark.parametrize(("raw", "bounce"), BOUNCES.values(), ids=BOUNCES)
def test_what_a_report_says_about_an_email_that_came_back(raw, bounce):
    assert parse_bounce(message_from_bytes(raw)) == bounce


ABUSE = "Feedback-Type: abuse\r\n"
COMPLAINTS = {
    "spam": (build_report("feedback-report", ABUSE), OURS),
    "in other letters": (build_report("feedback-report", "feedback-type: ABUSE"), OURS),
    "after another line": (build_report("feedback-report", f"Version: 1\r\n{ABUSE}"), OURS),
    "fraud": (build_report("feedback-report", "Feedback-Type: fraud"), OURS),
    "something else": (build_report("feedback-report", "Feedback-Type: other"), OURS),
    "without the email": (build_report("feedback-report", ABUSE, returned=""), ""),
    "that it isn't spam": (build_report("feedback-report", "Feedback-Type: not-spam"), None),
    "a test of a signature": (build_report("feedback-report", "Feedback-Type: auth-failure"), None),
    "in an email of another type": (build_report("feedback-report", ABUSE, of="mixed"), None),
    "in a report on a delivery": (build_report("delivery-status", ABUSE), None),
}


@pytest.mark.parametrize(("raw", "message_id"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_which_email_was_marked_as_spam(raw, message_id):
    expected = None if message_id is None else Complaint(message_id)
    assert parse_complaint(message_from_bytes(raw)) == expected


# What a personal mailbox received, whether the email was sent by its owner here, and what is kept of it.
KEPT = {
    "a report on an email of the owner": (Bounce(OURS, "550 No", "5.1.1"), ("lead", 7), ("bounce", ("lead", 7), "550 No")),
    "a report on another email": (Bounce(OURS, "550 No", "5.1.1"), None, None),
    "what is no such report": (None, ("lead", 7), None),
}  # fmt: skip


@pytest.mark.parametrize(("bounce", "place", "kept"), KEPT.values(), ids=KEPT)
def test_a_report_in_a_personal_mailbox_counts_only_for_emails_of_its_owner(bounce, place, kept, monkeypatch):
    asked: list[Any] = []
    rows: list[Any] = []
    monkeypatch.setattr(bounces, "mark_email_bounced", lambda letter, author: asked.append(author) or place)
    monkeypatch.setattr(
        bounces, "write_message_row", lambda arrival, *told, reason: rows.append((*told, reason))
    )
    monkeypatch.setattr(bounces, "write_folder_position", lambda arrival: rows.append(None))
    bounces.receive_delivery_report(SimpleNamespace(letter=SimpleNamespace(bounce=bounce)), author="Bob")
    assert rows == [kept]
    assert asked == (["Bob"] if bounce else [])
