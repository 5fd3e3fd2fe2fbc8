"""Personal mailboxes: what is read of them, and where it lands."""

import pytest

from crm.models import AttachedFile, Notification
from crm.records.history.verb_execution import operation
from crm.work.models.activity import Activity
from customers.models import Request
from mailboxes.connections.imap import ImapReader
from mailboxes.jobs import queue_due_mailboxes
from mailboxes.models import Mailbox, MailboxFolder, Message, MessageEntry
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db
ANA = "Ana Albu <ana@omnia.example>"


@pytest.fixture
def personal(make_personal, bob):
    return make_personal(bob)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead(email="ana@omnia.example", owner=bob)


@pytest.fixture
def arrive(imap, personal):
    """arrive(From=ANA, folder="Sent", …) puts an email into the personal mailbox and reads it."""

    def put(folder: str = "INBOX", **values) -> None:
        imap.deliver(personal.address, an_email(personal, **values), folder=folder)
        assert read(personal).problem == ""

    return put


@pytest.fixture
def fetched(monkeypatch):
    """The numbers of the messages whose bodies were fetched."""
    numbers: list[int] = []
    fetch = ImapReader.fetch
    monkeypatch.setattr(ImapReader, "fetch", lambda self, uid: numbers.append(uid) or fetch(self, uid))
    return numbers


def test_only_the_emails_of_known_leads_and_contacts_are_fetched(arrive, lead, fetched):
    arrive(Subject="Private matters")
    arrive(From=ANA)
    arrive(Subject="Another private matter")
    assert len(fetched) == 1
    assert [message.subject for message in Message.objects.all()] == ["Offer for 200 chairs"]
    assert not Request.objects.exists()


def test_an_email_of_a_lead_lands_on_its_timeline(arrive, lead):
    arrive(From=ANA, text="We take them.")
    activity = Activity.objects.get()
    assert (activity.of, activity.record, activity.outcome) == ("lead", lead.pk, "received")
    assert (activity.address, activity.text, activity.created_by) == (
        "ana@omnia.example",
        "We take them.",
        None,
    )
    assert activity.private_to is None
    assert MessageEntry.objects.get().activity == activity.pk


def test_the_timeline_of_a_lead_says_once_that_an_email_arrived(arrive, lead, sign_in, bob):
    arrive(From=ANA, text="We take them.")
    page = sign_in(bob).get(f"/admin/leads/{lead.pk}").text
    assert page.count("We take them.") == 1
    assert "made changes" not in page


def test_a_sent_email_lands_on_the_timelines_of_all_its_known_recipients(
    arrive, personal, lead, make_contact, bob
):
    contact = make_contact(second_email="carl@omnia.example", owner=bob)
    arrive("Sent", From=personal.address, To=f"{ANA}, x@stranger.example", Cc="carl@omnia.example")
    found = Activity.objects.order_by("of").values_list("of", "record", "outcome", "address", "created_by")
    assert list(found) == [
        ("contact", contact.pk, "sent", "carl@omnia.example", bob.pk),
        ("lead", lead.pk, "sent", "ana@omnia.example", bob.pk),
    ]
    lead.refresh_from_db()
    assert lead.first_contacted_at is not None


def test_the_sent_folder_is_found_by_a_usual_name_if_the_server_marks_none(imap, make_personal, lead, bob):
    personal = make_personal(bob)
    assert set(MailboxFolder.objects.filter(mailbox=personal).values_list("name", flat=True)) == {
        "INBOX",
        "Sent",
    }


def test_an_email_to_a_linked_request_sender_lands_at_the_lead(arrive, lead, departments, bob):
    from crm.records.history.verb_execution import operation

    with operation("test", by=None):
        Request.objects.create(
            subject="Chairs",
            email="office@omnia.example",
            department=departments.sales,
            owner=bob,
            lead=lead,
        )
    arrive(From="office@omnia.example")
    assert Activity.objects.get().record == lead.pk


def test_the_email_of_a_lead_that_the_owner_does_not_see_stays_unread(
    imap, make_personal, make_lead, departments, bob, fetched
):
    make_lead(email="ana@omnia.example", department=departments.export)
    personal = make_personal(bob)
    imap.deliver(personal.address, an_email(personal, From=ANA))
    read(personal)
    assert fetched == []
    assert not Message.objects.exists()


def test_addresses_are_matched_with_the_same_number_of_queries_for_any_number(
    lead, bob, django_assert_num_queries
):
    from accounts.models import User
    from mailboxes.receiving.known_addresses import find_known_records

    user = User.objects.with_rights().get(pk=bob.pk)
    find_known_records(user, ["ana@omnia.example"])
    every = ["ana@omnia.example", *(f"{number}@stranger.example" for number in range(500))]
    # One folds the addresses, one finds them.
    with django_assert_num_queries(2):
        assert find_known_records(user, every) == {"ana@omnia.example": [("lead", lead.pk)]}


def test_a_message_that_is_in_two_mailboxes_counts_once(arrive, deliver, lead, mailbox):
    same = {"From": ANA, "Message_ID": "<same@omnia.example>"}
    arrive(**same)
    deliver(**same)
    assert Activity.objects.count() == 1


def test_a_message_that_is_read_again_counts_once(arrive, personal, lead):
    arrive(From=ANA)
    MailboxFolder.objects.filter(mailbox=personal).update(last_uid=0)
    assert read(personal).problem == ""
    MailboxFolder.objects.filter(mailbox=personal).update(uid_validity=7)
    read(personal)
    assert Activity.objects.count() == 1


def test_files_of_a_personal_email_are_on_the_timeline(imap, personal, lead, bob):
    message = an_email(personal, From=ANA)
    message.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    imap.deliver(personal.address, message)
    read(personal)
    assert [file.name for file in AttachedFile.objects.of_record("lead", lead.pk, bob)] == ["plan.pdf"]


def test_an_automatic_reply_is_on_the_timeline_and_a_newsletter_is_skipped(arrive, lead):
    arrive(From=ANA, Auto_Submitted="auto-replied")
    assert Activity.objects.get().outcome == "automatic"
    Message.objects.all().delete()
    arrive(From=ANA, List_Id="<news.example>")
    assert Activity.objects.count() == 1
    assert Message.objects.get().outcome == "automatic"


def test_garbage_never_stops_the_messages_after_it(arrive, imap, personal, lead):
    imap.deliver(personal.address, b"\xff\xfe\x00\x80 garbage without headers")
    imap.deliver(personal.address, b"From: ana@omnia.example\r\nTo: =?broken\r\nSubject: \xff\r\n\r\n\x80")
    arrive(From=ANA)
    assert Activity.objects.count() == 2


def test_a_deactivated_users_mailbox_is_not_read(personal, mailbox, bob):
    from django.utils import timezone

    Mailbox.objects.update(next_check_at=timezone.now())
    bob.is_active = False
    bob.save()
    assert queue_due_mailboxes() == 1
    assert list(Mailbox.objects.active()) == [mailbox]


def test_an_ended_permission_notifies_the_owner_and_administrators_once(personal, bob, ada, monkeypatch):
    from mailboxes.connections import imap as reading_of
    from mailboxes.mailbox_problems import MailboxProblem

    def ended(*_arguments):
        raise MailboxProblem("expired")

    monkeypatch.setattr(reading_of, "_sign_in", ended)
    for _turn in range(3):
        read(personal)
    found = Notification.objects.order_by("kind").values_list("user", "kind", "path")
    assert list(found) == [
        (bob.pk, "mailbox_ended", "/profile/mailbox"),
        (ada.pk, "personal_mailbox_ended", f"/admin/users/{bob.pk}"),
    ]


def test_a_personal_mailbox_is_in_the_own_network_only_at_the_server_of_a_shared_one(personal, mailbox):
    assert personal.may_be_inside("imap")
    with operation("test", by=None):
        mailbox.delete()
    assert "isn’t publicly accessible" in read(personal).problem


def test_emails_to_records_without_a_department_are_never_sent_through_a_personal_mailbox(personal):
    assert not Mailbox.objects.of_department(None).exists()
