"""Which records an email is added to, which addresses a user knows, and which emails came from here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from crm.models import Activity, EmailEnvelope, Operation
from crm.records.history.verb_execution import operation
from crm.records.models.merged_record import MergedRecord
from customers.models import Request
from leads.models import Lead
from mailboxes.messages.received_message import ReceivedMessage, parse_received_message
from mailboxes.models import Mailbox, Message
from mailboxes.models.message import hash_message_id
from mailboxes.receiving.bounces import mark_email_bounced
from mailboxes.receiving.known_addresses import find_known_records
from mailboxes.receiving.loop_detection import get_loop_mark, is_sent_by_us
from mailboxes.receiving.record_lookup import MOST_RECORDS, find_message_records
from mailboxes.receiving.signed_addresses import BCC, build_signed_address
from tests.decisions.mailboxes.test_contents import build_index

pytestmark = pytest.mark.django_db
ANA, STRANGER = "ana@a.example", "stranger@a.example"


@pytest.fixture
def mailbox(departments) -> Mailbox:
    return Mailbox.objects.create(name="Sales", address="sales@ours.example", department=departments.sales)


def build_letter(sender: str = STRANGER, **headers: str) -> ReceivedMessage:
    named = {"From": sender, **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return parse_received_message(f"{head}\r\nHello".encode())


def add_email(record: Any, message_id: str = "", index: str = "", **values: Any) -> Activity:
    """On the timeline of a record, with the ID or the conversation that others name."""
    given = {"type": "email", "outcome": "received", "at": timezone.now(), "message_id": message_id}
    with operation("test", by=None):
        added = Activity.objects.create(of=record.table, record=record.pk, **given | values)
        if index:
            EmailEnvelope.objects.create(activity=added, thread_index=index, conversation=index and "0" * 32)
    return added


def change(record: Any, **values: Any) -> None:
    with operation("test", by=None):
        type(record).objects.filter(pk=record.pk).update(**values)


def delete(record: Any) -> None:
    change(record, deleted_at=datetime(2026, 11, 1, tzinfo=UTC))


def merge(record: Any, survivor: Any) -> None:
    with operation("test", by=None):
        MergedRecord.objects.create(table=record.table, record=record.pk, into=survivor.pk)


def place(record: Any) -> tuple[str, int]:
    return record.table, record.pk


def test_of_many_with_one_address_the_newest_ones_get_the_email(mailbox, make_lead):
    leads = [make_lead(email=ANA) for _number in range(MOST_RECORDS + 2)]
    make_lead(email="else@a.example")
    delete(leads[-1])
    newest = [place(lead) for lead in reversed(leads[1:-1])]
    assert find_message_records(build_letter(ANA), mailbox) == newest


def test_an_email_without_a_sender_that_can_be_read_is_added_to_nothing(mailbox, make_lead):
    make_lead(email="")
    assert find_message_records(build_letter("no address"), mailbox) == []


@pytest.mark.parametrize("kept_as", ["activity", "message"])
def test_an_answer_goes_to_the_record_of_the_nearest_email_that_is_there(mailbox, make_lead, kept_as):
    first, last, survivor = (make_lead() for _number in range(3))
    for number, lead in enumerate((first, last)):
        if kept_as == "activity":
            add_email(lead, f"<{number}@a.example>")
        else:
            key = hash_message_id(f"<{number}@a.example>")
            own = {"mailbox": mailbox, "folder": "INBOX", "uid_validity": 1, "uid": number, "key": key}
            Message.objects.create(**own, outcome="timeline", of="lead", record=lead.pk)
    add_email(survivor, "<else@a.example>")
    letter = build_letter(References="<unknown@a.example> <0@a.example> <1@a.example> <unread@a.example>")
    assert find_message_records(letter, mailbox) == [place(last)]
    delete(last)
    assert find_message_records(letter, mailbox) == [place(first)]
    merge(last, survivor)
    assert find_message_records(letter, mailbox) == [place(survivor)]


def test_an_answer_is_on_the_record_of_its_thread_first_and_then_on_those_of_its_sender(mailbox, make_lead):
    ana, other = make_lead(email=ANA), make_lead()
    add_email(other, "<1@a.example>")
    found = find_message_records(build_letter(ANA, References="<1@a.example>"), mailbox)
    assert found == [place(other), place(ana)]


def test_an_answer_of_outlook_goes_to_the_newest_public_email_of_its_conversation(mailbox, make_lead, bob):
    older, newer, private, other = (make_lead() for _number in range(4))
    now, index = timezone.now(), build_index(27)
    add_email(older, index=index, at=now - timedelta(hours=2))
    add_email(newer, index=index, at=now - timedelta(hours=1))
    add_email(private, index=index, private_to=bob)
    add_email(other)
    letter = build_letter(Thread_Index=build_index(32))
    assert find_message_records(letter, mailbox) == [place(newer)]
    delete(newer)
    # The thread has moved on, so an older record isn't the one that is meant.
    assert find_message_records(letter, mailbox) == []


def test_an_address_names_a_record_unless_the_email_answers_another_one(mailbox, make_lead):
    named, answered, merged = make_lead(), make_lead(), make_lead()
    to = build_signed_address(mailbox, "lead", named.pk)
    assert find_message_records(build_letter(To=f"else@ours.example, {to}"), mailbox) == [place(named)]
    add_email(answered, "<1@a.example>")
    assert find_message_records(build_letter(To=to, References="<1@a.example>"), mailbox) == [place(answered)]
    delete(named)
    assert find_message_records(build_letter(To=to), mailbox) == []
    merge(named, merged)
    assert find_message_records(build_letter(To=to), mailbox) == [place(merged)]


def test_an_address_for_blind_copies_names_no_record(mailbox, make_lead, bob):
    lead = make_lead()
    both = [build_signed_address(mailbox, BCC, bob.pk), build_signed_address(mailbox, "lead", lead.pk)]
    assert find_message_records(build_letter(To=", ".join(both)), mailbox) == [place(lead)]
    assert find_message_records(build_letter(To=both[0]), mailbox) == []


@pytest.fixture
def request_of(departments):
    """request_of(STRANGER, lead=…, contact=…)"""

    def make(email: str = "", **values: Any) -> Request:
        with operation("test", by=None):
            return Request.objects.create(
                subject="Offer", email=email, **{"department": departments.sales, **values}
            )

    return make


def test_a_request_leads_to_its_lead_or_else_its_contact_or_else_stays(
    mailbox, make_lead, make_contact, request_of
):
    lead, contact = make_lead(), make_contact()
    asked = request_of(lead=lead, contact=contact)
    letter = build_letter(To=build_signed_address(mailbox, "request", asked.pk))
    found = [find_message_records(letter, mailbox)]
    for linked in (lead, contact):
        delete(linked)
        found.append(find_message_records(letter, mailbox))
    change(asked, lead=None, contact=None)
    found.append(find_message_records(letter, mailbox))
    assert found == [[place(lead)], [place(contact)], [place(asked)], [place(asked)]]


def test_a_user_knows_the_addresses_of_records_that_they_see(
    bob, dan, make_lead, make_contact, request_of, departments
):
    lead, contact, client = (
        make_lead(email=ANA),
        make_contact(email="c1@a.example", second_email="c2@a.example"),
        make_lead(email="client@a.example", client_contact=make_contact()),
    )
    both = make_lead(email="both@a.example"), make_lead(email="both@a.example", client_contact=contact)
    request_of("r1@a.example", lead=lead)
    request_of("r2@a.example", contact=contact)
    request_of("r3@a.example")
    request_of("r4@a.example", lead=make_lead(department=departments.export))
    make_lead(email="foreign@a.example", department=departments.export)
    asked = {"ANA@a.example", "c1@a.example", "c2@a.example", "client@a.example", "both@a.example"}
    asked |= {f"r{number}@a.example" for number in range(1, 5)} | {"foreign@a.example", "no@a.example", ""}
    assert find_known_records(bob, asked) == {
        "ANA@a.example": [place(lead)],
        "c1@a.example": [place(contact)],
        "c2@a.example": [place(contact)],
        "client@a.example": [place(client)],
        "both@a.example": [place(both[0])],
        "r1@a.example": [place(lead)],
        "r2@a.example": [place(contact)],
    }
    assert find_known_records(dan, [ANA]) == {}


@pytest.mark.parametrize("addresses", [[], [""], [" "], ["no address"]], ids=str)
def test_without_an_address_nothing_is_known(bob, make_lead, addresses):
    make_lead(email="")
    assert find_known_records(bob, addresses) == {}


def test_a_user_who_may_see_no_type_of_record_knows_no_address(bob, make_lead):
    make_lead(email=ANA)
    bob.has_perm = lambda right: False
    assert find_known_records(bob, [ANA]) == {}


def test_a_user_who_may_not_see_leads_does_not_know_them_by_their_requests(
    bob, make_lead, make_contact, request_of
):
    contact = make_contact(email=ANA)
    request_of(STRANGER, lead=make_lead(email=ANA))
    request_of("r@a.example", contact=contact)
    bob.has_perm = lambda right: right != Lead.get_right("view")
    found = find_known_records(bob, [ANA, STRANGER, "r@a.example"])
    assert found == {ANA: [place(contact)], "r@a.example": [place(contact)]}


# Headers of an email, and whether it came from here.
SENDERS = {
    "a stranger": ({}, False),
    "the server": ({"From": "Leadwell <LEADWELL@ours.example>"}, True),
    "a shared mailbox": ({"From": "Sales <SALES@ours.example>"}, True),
    "a personal mailbox": ({"From": "bob@ours.example"}, False),
    "through one of our mailboxes": ({"X-Loop": "crm.ours.example"}, True),
    "through a mailbox of others": ({"X-Loop": "crm.a.example"}, False),
    "an email that is known": ({"Message-ID": "<known@ours.example>"}, True),
    "an email that isn’t": ({"Message-ID": "<new@ours.example>"}, False),
}


@pytest.mark.parametrize(("headers", "is_ours"), SENDERS.values(), ids=SENDERS)
def test_which_emails_came_from_here(mailbox, make_lead, bob, settings, headers, is_ours):
    settings.DEFAULT_FROM_EMAIL = "Leadwell <leadwell@ours.example>"
    settings.SITE_URL = "https://crm.ours.example:8000"
    Mailbox.objects.create(name="Own", address="bob@ours.example", owner=bob)
    add_email(make_lead(), "<known@ours.example>")
    sender = headers.get("From", STRANGER)
    letter = build_letter(sender, **{name: value for name, value in headers.items() if name != "From"})
    assert is_sent_by_us(letter) is is_ours


def test_an_installation_without_an_address_marks_its_emails_too(settings):
    settings.SITE_URL = ""
    assert get_loop_mark() == "leadwell"


REPORT = """Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n
Action: failed\r\nStatus: 5.1.1\r\n--x\r\nContent-Type: text/rfc822-headers\r\n
Message-ID: <sent@ours.example>\r\n--x--\r\n"""


def test_an_email_that_came_back_is_marked_in_one_operation_about_one_record(make_lead, bob, ann):
    lead = make_lead(owner=bob)
    letter = parse_received_message(REPORT.encode())
    assert mark_email_bounced(letter) is None
    email = add_email(lead, "<sent@ours.example>", outcome="sent", created_by=bob)
    add_email(make_lead(), "<else@ours.example>", outcome="sent", created_by=bob)
    assert mark_email_bounced(letter, ann) is None
    assert mark_email_bounced(letter, bob) == place(lead)
    email.refresh_from_db()
    assert (email.outcome, Activity.objects.filter(outcome="sent").count()) == ("failed", 1)
    record = Operation.objects.latest("pk")
    assert (record.by, record.matched, record.changed) == (bob, 1, 1)
