"""On which timelines an email of a personal mailbox lands, who its author is, and whether only its owner sees it."""

from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple

import pytest

from accounts.models import User
from crm.models import Activity, Notification, Operation
from crm.records.history.verb_execution import operation
from mailboxes.connections.imap import FetchedMessage
from mailboxes.models import Mailbox, MailboxFolder, Message, MessageEntry
from mailboxes.models.message import hash_message_id
from mailboxes.receiving.arriving_message import Arrival, build_private_key
from mailboxes.receiving.loop_detection import get_loop_mark
from mailboxes.receiving.personal_messages import MailboxOwner, receive_personal
from tests.decisions.mailboxes.test_records_of_emails import add_email, build_letter, place

pytestmark = pytest.mark.django_db

OWN, ALIAS = "bob@ours.example", "sales.bob@ours.example"
ANA, ION, HIDDEN, STRANGER = "ana@a.example", "ion@a.example", "hidden@a.example", "x@a.example"
BEN, LEFT = "ben@example.com", "left@example.com"
NUMBERS = count(1)


def make_mailbox(owner: User, address: str = OWN, **values: Any) -> Mailbox:
    return Mailbox.objects.create(name="Own mail", address=address, owner=owner, **values)


@pytest.fixture
def mailbox(bob) -> Mailbox:
    return make_mailbox(bob)


@pytest.fixture
def records(cast, make_lead, make_contact) -> dict[str, Any]:
    """Bob's lead Ana and contact Ion, a lead that he doesn't see, and one without an address."""
    return {
        "ana": make_lead("Ana Pop", owner=cast.bob, email=ANA),
        "ion": make_contact("Ion Pop", owner=cast.bob, email=ION),
        "hidden": make_lead("Hidden Pop", owner=cast.ben, email=HIDDEN),
        "other": make_lead("Other Pop", owner=cast.bob),
        # Bob himself is a lead too, who gets none of his own emails.
        "self": make_lead("Bob", owner=cast.bob, email=OWN),
    }


def receive(
    mailbox: Mailbox,
    sender: str = ANA,
    *,
    whole: bool = True,
    sent: bool = False,
    body: str = "",
    **headers: str,
) -> Message | None:
    """The row of the message, if it has left one."""
    number = next(NUMBERS)
    letter = build_letter(sender, **{"Message_ID": f"<{number}@a.example>", **headers})
    folder, _new = MailboxFolder.objects.get_or_create(
        mailbox=mailbox, name="INBOX", defaults={"uid_validity": 1, "last_uid": 0}
    )
    at = datetime(2026, 5, 31, tzinfo=UTC)
    arrival = Arrival(folder, FetchedMessage(number, at, b"", whole), letter)
    user = User.objects.with_rights().get(pk=mailbox.owner_id)
    receive_personal(arrival, owner=MailboxOwner(user, {OWN, ALIAS}), is_sent=sent)
    folder.refresh_from_db()
    assert folder.last_uid == number
    return Message.objects.filter(mailbox=mailbox, uid=number).first()


class Case(NamedTuple):
    """Who sends an email to whom, what else is so of it; the outcome ("" for no row), the records that it lands on with the address of
    each, and the author, "" for none."""

    sender: str
    to: str
    outcome: str
    places: dict[str, str] = {}
    author: str = ""
    values: dict[str, Any] = {}
    headers: dict[str, str] = {}


CASES = {
    "from a lead": Case(ANA, OWN, "timeline", {"ana": ANA}),
    "from a lead in other letters": Case("ANA@a.example", OWN, "timeline", {"ana": "ANA@a.example"}),
    "from a stranger": Case(STRANGER, OWN, ""),
    "from a lead that the owner doesn't see": Case(HIDDEN, OWN, ""),
    "from a stranger who also wrote to a lead": Case(STRANGER, f"{OWN}, {ANA}", "timeline", {"ana": STRANGER}),
    "from a lead who also wrote to a contact": Case(ANA, f"{OWN}, {ION}", "timeline", {"ana": ANA}),
    "from the owner": Case(OWN, ANA, "timeline", {"ana": ANA}, "bob"),
    "from the owner to a stranger": Case(OWN, STRANGER, ""),
    "from the owner to themselves": Case(OWN, ALIAS, ""),
    "from another address of the owner": Case(ALIAS, ANA, "timeline", {"ana": ANA}, "bob"),
    "from the owner to two records": Case(OWN, f"{ANA}, {ION}", "timeline", {"ana": ANA, "ion": ION}, "bob"),
    "from the owner to the same in another order": Case(
        OWN, f"{ION}, {ANA}", "timeline", {"ion": ION, "ana": ANA}, "bob",
    ),
    "from the owner to one and a copy to the other": Case(
        OWN, ION, "timeline", {"ion": ION, "ana": ANA}, "bob", headers={"Cc": ANA},
    ),
    "in the folder of sent emails, from an unknown address": Case(
        STRANGER, ANA, "timeline", {"ana": ANA}, "bob", {"sent": True},
    ),
    "from a colleague to a lead": Case(BEN, f"{OWN}, {ANA}", "timeline", {"ana": ANA}, "ben"),
    "from a colleague who has left": Case(LEFT, f"{OWN}, {ANA}", "timeline", {"ana": LEFT}),
    "only its headers": Case(ANA, OWN, "too_large", values={"whole": False}),
    "only the headers of a stranger's": Case(STRANGER, OWN, "", values={"whole": False}),
    "one that Leadwell has sent": Case(ANA, OWN, "own", headers={"X_Loop": get_loop_mark()}),
    "one of a program": Case(ANA, OWN, "automatic", headers={"Auto_Submitted": "auto-generated"}),
    "one of a mailing list": Case(ANA, OWN, "automatic", headers={"List_Id": "<news.a.example>"}),
    "out of the office": Case(ANA, OWN, "timeline", {"ana": ANA}, headers={"Auto_Submitted": "auto-replied"}),
}  # fmt: skip


@pytest.mark.parametrize("private", [False, True], ids=["shared", "private"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_an_email_becomes(case, private, cast, mailbox, records):
    Mailbox.objects.filter(pk=mailbox.pk).update(private=private)
    mailbox.refresh_from_db()
    with operation("test", by=None):
        User.objects.filter(pk=cast.oscar.pk).update(email=LEFT, is_active=False)
    row = receive(
        mailbox, case.sender, **case.values, To=case.to, Message_ID="<new@a.example>", **case.headers
    )
    assert (row.outcome if row else "") == case.outcome
    found = Activity.objects.order_by("pk")
    names = {place(record): name for name, record in records.items()}
    landed = {names[one.of, one.record]: one.address for one in found}
    assert landed == case.places
    assert list(landed) == list(case.places)
    author = getattr(cast, case.author) if case.author else None
    assert {one.created_by for one in found} <= {author}
    assert {one.private_to for one in found} <= {cast.bob if private else None}
    # Only the first one of those that all see is found by its Message-ID.
    ids = [one.message_id for one in found]
    assert ids == (["<new@a.example>"] + [""] * (len(ids) - 1) if ids and not private else [""] * len(ids))
    entries = MessageEntry.objects.order_by("activity").values_list("message", "activity")
    assert list(entries) == [(row.pk, one.pk) for one in found]
    if row:
        first = records[next(iter(case.places))] if case.places else None
        assert (row.of, row.record) == (place(first) if first else ("", None))
        assert row.private is private
    changes = Operation.objects.filter(kind__startswith="receive")
    assert len(changes) == len(landed)
    assert {(one.table == "", one.is_private) for one in changes} <= {(private, private)}
    if private:
        assert not Notification.objects.exists()


def test_a_bounced_email_is_on_no_timeline(mailbox, records, monkeypatch):
    letter = build_letter(ANA, Message_ID="<new@a.example>")
    monkeypatch.setattr("mailboxes.messages.received_message.parse_bounce", lambda message: object())
    assert receive(mailbox, To=OWN).outcome == "automatic"
    assert letter.bounce is None
    assert not Activity.objects.exists()


# The key of a message that was received before: as a shared or a private one, of this mailbox or of another one; and what follows.
KNOWN = {
    "of any mailbox, shared": (lambda letter, own, other: hash_message_id(letter.message_id), "known"),
    "of this mailbox, private": (lambda letter, own, other: build_private_key(letter, own), "known"),
    "of another mailbox, private": (lambda letter, own, other: build_private_key(letter, other), "timeline"),
    "another message": (lambda letter, own, other: hash_message_id("<2@a.example>"), "timeline"),
}


@pytest.mark.parametrize(("build_key", "outcome"), KNOWN.values(), ids=KNOWN)
@pytest.mark.parametrize("private", [False, True], ids=["shared", "private"])
def test_an_email_is_received_once_except_that_of_another_owner_alone(
    private, build_key, outcome, mailbox, records, ben
):
    mailbox.private = private
    mailbox.save()
    other = make_mailbox(ben, "ben@ours.example")
    key = build_key(build_letter(ANA, Message_ID="<new@a.example>"), mailbox, other)
    Message.objects.create(mailbox=other, folder="INBOX", uid_validity=1, uid=1, key=key, outcome="timeline")
    assert receive(mailbox, Message_ID="<new@a.example>").outcome == outcome
    assert Activity.objects.count() == (outcome == "timeline")


FIRST = "<first@a.example>"
# Whose lead the email that is answered is on; the records that the answer lands on, in this order.
ANSWERED = {
    "of the owner": ("other", ["other", "ana"]),
    "of a colleague": ("hidden", ["ana"]),
    "the same": ("ana", ["ana"]),
}


@pytest.mark.parametrize(("name", "places"), ANSWERED.values(), ids=ANSWERED)
def test_an_answer_is_first_on_the_record_of_its_thread_if_the_owner_sees_it(name, places, mailbox, records):
    before = add_email(records[name], FIRST)
    row = receive(mailbox, References=FIRST)
    landed = Activity.objects.exclude(pk=before.pk).order_by("pk").values_list("of", "record")
    assert list(landed) == [place(records[one]) for one in places]
    assert (row.of, row.record) == place(records[places[0]])


def test_an_answer_is_not_on_the_record_of_its_thread_without_the_permission_to_view_it(
    mailbox, records, make_company, bob, someone_with
):
    company = make_company(owner=bob)
    add_email(company, FIRST)
    eve = someone_with("view_lead", "see_departments")
    row = receive(make_mailbox(eve, "eve@ours.example"), References=FIRST)
    assert (row.of, row.record) == place(records["ana"])
