"""What an answer to an email starts with: recipients, subject, References and quotation, as tables."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from crm.work.emails.email_addresses import parse_addresses, remove_own_addresses
from crm.work.emails.email_replies import (
    MOST_REFERENCES,
    build_quotation,
    build_references,
    build_reply_subject,
    get_reply_recipients,
)
from crm.work.models.activity import Activity
from crm.work.models.email_envelope import EmailEnvelope

OWN = ["bob@ours.example", "sales@ours.example"]


def an_email(outcome: str = "received", address: str = "ana@client.example", **envelope) -> Activity:
    email = Activity(
        type="email", outcome=outcome, address=address, at=datetime(2026, 3, 3, 8, 12, tzinfo=UTC)
    )
    email.text, email.subject = "Good morning,\n\nyes.", "Offer"
    email.envelope = EmailEnvelope(activity=email, **envelope)
    return email


@pytest.mark.parametrize(
    ("mode", "email", "to", "cc"),
    [
        # Only the sender
        ("reply", an_email(to="bob@ours.example, eva@client.example"), ["ana@client.example"], []),
        # Reply-To counts more than the sender.
        ("reply", an_email(reply_to="office@client.example"), ["office@client.example"], []),
        ("all", an_email(reply_to="office@client.example", to=OWN[0]), ["office@client.example"], []),
        # Everyone else in Cc, except our own addresses
        (
            "all",
            an_email(to="Bob@Ours.example, eva@client.example", cc="jan@client.example, sales@ours.example"),
            ["ana@client.example"],
            ["eva@client.example", "jan@client.example"],
        ),
        # Our own address with a plus is our own.
        ("all", an_email(to="sales+lead-12-abc@ours.example"), ["ana@client.example"], []),
        # No address twice
        (
            "all",
            an_email(to="ana@client.example, eva@client.example", cc="EVA@client.example"),
            ["ana@client.example"],
            ["EVA@client.example"],
        ),
        # No known address, such as of an email that wasn't read whole
        ("reply", an_email(address=""), [], []),
        ("reply", an_email(address="", to=f"{OWN[0]}, eva@client.example"), [], []),
        ("all", an_email(address="", to=f"{OWN[0]}, eva@client.example"), [], ["eva@client.example"]),
        # Colleagues are people: they stay.
        ("all", an_email(cc="ann@ours.example"), ["ana@client.example"], ["ann@ours.example"]),
        # An answer to an email of our own goes on to those whom it went to.
        (
            "reply",
            an_email("sent", to="ana@client.example", cc="eva@client.example"),
            ["ana@client.example"],
            [],
        ),
        (
            "all",
            an_email("sent", to="ana@client.example", cc="eva@client.example", bcc="boss@ours.example"),
            ["ana@client.example"],
            ["eva@client.example"],
        ),
        # One from our own mailbox with another program
        ("all", an_email(address="bob@ours.example", to="ana@client.example"), ["ana@client.example"], []),
        # An email that was received before there were envelopes
        ("all", an_email(), ["ana@client.example"], []),
        ("forward", an_email(to="eva@client.example"), [], []),
    ],
)
def test_an_answer_goes_to_those_whom_people_expect(mode, email, to, cc):
    found = get_reply_recipients(mode, email, OWN)
    assert (found.to, found.cc) == (to, cc)


@pytest.mark.parametrize(
    ("mode", "subject", "expected"),
    [
        ("reply", "Offer", "Re: Offer"),
        ("all", "Re: Offer", "Re: Offer"),
        ("reply", "RE: Offer", "Re: Offer"),
        ("reply", "AW: WG: Offer", "Re: Offer"),
        ("reply", "Re[2]: Offer", "Re: Offer"),
        ("reply", "RĂSP: Ofertă", "Re: Ofertă"),
        ("reply", "TR: Offre", "Re: Offre"),
        ("reply", "Fwd: Offer", "Re: Offer"),
        ("reply", "Re:Re: RE : Offer", "Re: Offer"),
        ("reply", "", "Re: "),
        ("reply", "Regarding: the offer", "Re: Regarding: the offer"),
        ("forward", "Offer", "Fwd: Offer"),
        ("forward", "Fwd: Offer", "Fwd: Offer"),
        ("forward", "FW: Offer", "Fwd: Offer"),
        ("forward", "WG: AW: Angebot", "Fwd: Angebot"),
        ("forward", "Re: Offer", "Fwd: Offer"),
        ("reply", "x" * 200, "Re: " + "x" * 196),
    ],
)
def test_a_subject_has_one_prefix(mode, subject, expected):
    assert build_reply_subject(mode, subject) == expected


def test_the_references_of_an_answer_are_those_of_its_parent_and_the_parent_last():
    """RFC 5322, 3.6.4: "The "References:" field will contain the contents of the parent's "References:" field (if any) followed
    by the contents of the parent's "Message-ID:" field (if any)."

    Thunderbird threads by References from the last one to the first (mailnews/db/msgdb, after www.jwz.org/doc/threading.html), so
    the parent must be the last one. Gmail joins emails whose References or In-Reply-To names one of the thread's and whose subject
    is the same without prefixes (Gmail API, "Managing threads"), so the subject keeps its words.
    """
    assert build_references(["<a@x>", "<b@x>"], "<c@x>") == ["<a@x>", "<b@x>", "<c@x>"]
    assert build_references([], "<c@x>") == ["<c@x>"]
    assert build_references(["<a@x>", "<c@x>", "<a@x>"], "<c@x>") == ["<a@x>", "<c@x>"]
    assert build_references([], "") == []


def test_long_references_are_shortened_in_the_middle():
    """RFC 5537, 3.4.4: the first and the last ones must be kept, so that programs find the thread and the parent."""
    found = build_references([f"<{number}@x>" for number in range(60)], "<parent@x>")
    assert len(found) == MOST_REFERENCES == 20
    assert found[0] == "<0@x>"
    assert found[-2:] == ["<59@x>", "<parent@x>"]
    for number in range(MOST_REFERENCES):
        few = [f"<{one}@x>" for one in range(number)]
        assert build_references(few, "<parent@x>") == [*few, "<parent@x>"]
    one_more = [f"<{one}@x>" for one in range(MOST_REFERENCES)]
    assert build_references(one_more, "<parent@x>") == [one_more[0], *one_more[2:], "<parent@x>"]


def test_a_quotation_names_the_writer_and_the_time_in_the_language_of_the_user():
    email = an_email(sender_name="Ana Albu")
    with timezone.override("Europe/Bucharest"):
        assert build_quotation("reply", email).split("\n") == [
            "On 3 March 2026, 10:12, Ana Albu wrote:",
            "",
            "> Good morning,",
            ">",
            "> yes.",
        ]
        with translation.override("ro"):
            assert build_quotation("reply", email).startswith("Pe 3 martie 2026, la 10:12, Ana Albu a scris:")
            assert build_quotation("forward", email).startswith(
                "E-mail redirecționat de la Ana Albu, 3 martie 2026, 10:12:"
            )


def test_a_quotation_of_a_quotation_is_one_level_deeper():
    email = an_email(sender_name="Ana")
    email.text = "Yes.\n\n> Do you?\n"
    assert build_quotation("reply", email).endswith("> Yes.\n>\n> > Do you?")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example; b@x.example\nA@x.example", ["A@x.example", "b@x.example"]),
        ('"Albu, Ana" <a@x.example>, Jan Novák <b@x.example>', ["a@x.example", "b@x.example"]),
        ("", []),
    ],
)
def test_addresses_are_read_as_people_paste_them(typed, found):
    assert sorted(map(str.lower, parse_addresses(typed))) == sorted(map(str.lower, found))


def test_our_own_addresses_are_compared_without_the_plus_and_in_any_case():
    assert remove_own_addresses(["Sales+x@Ours.example", "a@b.example"], OWN) == ["a@b.example"]
