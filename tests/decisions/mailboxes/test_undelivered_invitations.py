"""To whom an invitation wasn't delivered, as a report of another mail server says, and the people that such a report names."""

from email import message_from_bytes
from typing import NamedTuple

import pytest

from crm.models import Invitation
from crm.work.invitations.invitation_answers import get_undelivered_recipients
from mailboxes.messages.automatic_messages import parse_bounce

JAN, EVA = "jan@example.cz", "eva@example.com"


class Case(NamedTuple):
    """The second email about a meeting went to Jan and Eva. `answered` are the emails that they have answered, the first one is 0."""

    named: tuple[str, ...]
    undelivered: list[str]
    answered: dict[str, int] = {}


CASES = {
    "the report names one of them": Case((JAN,), [JAN]),
    "in capitals": Case(("JAN@Example.CZ",), [JAN]),
    "the report names both": Case((EVA, JAN), [JAN, EVA]),
    "the report names no one": Case((), [JAN, EVA]),
    "the report names someone else, such as behind a forwarding": Case(("jan@elsewhere.example",), []),
    "who has answered this email has got it": Case((JAN,), [], {JAN: 1}),
    "who has answered a later email has got it": Case((JAN,), [], {JAN: 2}),
    "who has answered the first email may not have got the second one": Case((JAN,), [JAN], {JAN: 0}),
    "the report names no one, and one of them has answered": Case((), [EVA], {JAN: 1}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_who_of_those_invited_is_marked_as_not_reached(case):
    sent = Invitation(addresses=f"{JAN}, Eva@Example.com", sequence=1)
    assert get_undelivered_recipients(sent, case.named, case.answered) == case.undelivered


FAILED = "Action: failed\r\nStatus: 5.1.1\r\n"
REPORTS = {
    "one recipient": (f"Final-Recipient: rfc822; {JAN}\r\n{FAILED}", (JAN,)),
    "as it was written to and as the server knows it": (
        f"Original-Recipient: rfc822;{JAN}\r\nFinal-Recipient: RFC822; <j.novak@example.cz>\r\n{FAILED}",
        (JAN, "j.novak@example.cz"),
    ),
    "two recipients, one only late": (
        f"Final-Recipient: rfc822; {JAN}\r\n{FAILED}\r\nFinal-Recipient: rfc822; {EVA}\r\nAction: delayed\r\n",
        (JAN,),
    ),
    "two recipients": (
        f"Final-Recipient: rfc822; {JAN}\r\n{FAILED}\r\nFinal-Recipient: rfc822; {EVA}\r\n{FAILED}",
        (JAN, EVA),
    ),
    "the same one twice": (f"Final-Recipient: rfc822; {JAN}\r\n{FAILED}\r\nFinal-Recipient: rfc822; {JAN}\r\n{FAILED}", (JAN,)),
    "no recipient": (FAILED, ()),
    "an address of another kind": (f"Final-Recipient: x400; {JAN}\r\n{FAILED}", ()),
}  # fmt: skip


@pytest.mark.parametrize(("blocks", "recipients"), REPORTS.values(), ids=REPORTS.keys())
def test_the_people_that_a_report_names(blocks, recipients):
    raw = (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        f"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{blocks}"
        "\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <1@ours.example>\r\n\r\n--x--\r\n"
    )
    bounce = parse_bounce(message_from_bytes(raw.encode()))
    assert bounce is not None
    assert bounce.recipients == recipients
