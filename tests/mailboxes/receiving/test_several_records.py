"""An email that belongs to several records is on the timeline of each."""

import pytest

from crm.models import AttachedFile, Notification
from crm.work.models.activity import Activity
from mailboxes.models import Message
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db


def places() -> set[tuple[str, int]]:
    return set(Activity.objects.filter(outcome="received").values_list("of", "record"))


def test_two_leads_with_one_address_get_the_email_and_both_owners_are_notified(
    deliver, mailbox, make_lead, bob, ann
):
    mine = make_lead(email="ana@stranger.example", owner=bob)
    theirs = make_lead(email="ANA@stranger.example", owner=ann)
    message = an_email(mailbox)
    message.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    deliver(message)
    assert places() == {("lead", mine.pk), ("lead", theirs.pk)}
    assert AttachedFile.objects.count() == 2
    assert set(Notification.objects.values_list("user", "path")) == {
        (bob.pk, f"/admin/leads/{mine.pk}"),
        (ann.pk, f"/admin/leads/{theirs.pk}"),
    }
    # The Message-ID is on the first one, which the row names.
    row = Message.objects.get()
    (first,) = Activity.objects.exclude(message_id="")
    assert (row.of, row.record) == (first.of, first.record) == ("lead", theirs.pk)


def test_a_lead_and_a_contact_with_one_address_get_the_email(deliver, make_lead, make_contact):
    lead = make_lead(email="ana@stranger.example")
    contact = make_contact(email="ana@stranger.example")
    deliver()
    assert places() == {("lead", lead.pk), ("contact", contact.pk)}


def test_a_known_person_who_answers_in_the_thread_of_another_record_is_on_both(
    deliver, make_lead, make_contact
):
    lead = make_lead(email="carl@omnia.example")
    contact = make_contact(email="ana@stranger.example")
    deliver(From="carl@omnia.example", Message_ID="<first@omnia.example>", Subject="First")
    deliver(In_Reply_To="<first@omnia.example>", Message_ID="<second@stranger.example>")
    answers = Activity.objects.exclude(subject="First")
    assert set(answers.values_list("of", "record")) == {("lead", lead.pk), ("contact", contact.pk)}
    assert answers.get(message_id="<second@stranger.example>").of == "lead"


def test_a_stranger_who_answers_is_only_in_the_thread(deliver, make_lead):
    lead = make_lead(email="carl@omnia.example")
    deliver(From="carl@omnia.example", Message_ID="<first@omnia.example>")
    deliver(From="new@stranger.example", In_Reply_To="<first@omnia.example>")
    assert list(Activity.objects.values_list("record", flat=True)) == [lead.pk, lead.pk]


@pytest.fixture
def personal(make_personal, bob):
    return make_personal(bob)


def test_in_a_personal_mailbox_both_records_get_the_email(imap, personal, make_lead, make_contact, bob):
    lead = make_lead(email="ana@stranger.example", owner=bob)
    second = make_lead(email="ana@stranger.example", owner=bob)
    imap.deliver(personal.address, an_email(personal))
    read(personal)
    assert places() == {("lead", lead.pk), ("lead", second.pk)}


def test_in_a_personal_mailbox_an_answer_is_in_the_thread_too_if_its_owner_sees_it(
    deliver, imap, personal, make_lead, departments, bob
):
    seen = make_lead(email="carl@omnia.example", owner=bob)
    ana = make_lead(email="ana@stranger.example", owner=bob)
    make_lead(email="dan@omnia.example", department=departments.export)
    for number, sender in enumerate(("carl@omnia.example", "dan@omnia.example")):
        deliver(From=sender, Message_ID=f"<{number}@omnia.example>", Subject="First")
        reply = an_email(personal, In_Reply_To=f"<{number}@omnia.example>", Subject=f"Re {number}")
        imap.deliver(personal.address, reply)
    read(personal)
    records = Activity.objects.filter(outcome="received").values_list("record", flat=True)
    assert set(records.filter(subject="Re 0")) == {seen.pk, ana.pk}
    assert set(records.filter(subject="Re 1")) == {ana.pk}
