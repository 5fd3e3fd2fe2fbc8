"""The bcc address of a user: emails that they send to it land on the timelines of their recipients."""

import pytest

from crm.work.models.activity import Activity
from customers.models import Request
from mailboxes.models import Message
from mailboxes.receiving.signed_addresses import get_bcc_address
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(make_mailbox):
    return make_mailbox(plus_addresses=True)


@pytest.fixture
def send(imap, mailbox, bob):
    """send(To=…, …): an email of Bob with his bcc address, as it arrives in the shared mailbox."""

    def put(**values) -> Message:
        headers = {"From": f"Bob <{bob.email}>", "Delivered_To": get_bcc_address(bob)}
        imap.deliver(mailbox.address, an_email(mailbox, **headers | values))
        read(mailbox)
        return Message.objects.latest("pk")

    return put


def test_an_email_to_the_bcc_address_lands_on_the_timelines_of_its_recipients(
    send, make_lead, make_contact, bob
):
    lead = make_lead(email="ana@omnia.example", owner=bob)
    contact = make_contact(email="carl@omnia.example", owner=bob)
    send(To="Ana <ANA@omnia.example>, x@stranger.example", Cc="carl@omnia.example")
    found = Activity.objects.order_by("of").values_list("of", "record", "outcome", "created_by")
    assert list(found) == [("contact", contact.pk, "sent", bob.pk), ("lead", lead.pk, "sent", bob.pk)]
    assert not Request.objects.exists()


def test_an_email_that_arrives_twice_at_the_bcc_address_counts_once(send, make_lead, bob):
    make_lead(email="ana@omnia.example", owner=bob)
    for _turn in range(2):
        send(To="ana@omnia.example", Message_ID="<same@ours.example>")
    assert Activity.objects.count() == 1


def test_from_anyone_elses_address_it_is_skipped_with_the_reason(send, make_lead, mailbox, sign_in, ada, bob):
    make_lead(email="ana@omnia.example", owner=bob)
    assert send(From="Eve <eve@stranger.example>", To="ana@omnia.example").outcome == "bcc_sender"
    assert not Activity.objects.exists()
    assert not Request.objects.exists()
    page = sign_in(ada).get(f"/admin/mailboxes/{mailbox.pk}").text
    assert "the bcc address belongs to another user" in page


def test_a_guessed_bcc_address_is_none(send, mailbox, bob):
    wrong = get_bcc_address(bob).replace(f"bcc-{bob.pk}-", f"bcc-{bob.pk + 1}-")
    assert send(Delivered_To=wrong, To="ana@omnia.example").outcome == "request"


def test_recipients_that_the_user_does_not_see_get_nothing(send, make_lead, departments, bob):
    make_lead(email="ana@omnia.example", department=departments.export)
    assert send(To="ana@omnia.example").outcome == "bcc_none"


def test_the_bcc_address_of_a_deactivated_user_stops_working(send, make_lead, bob):
    make_lead(email="ana@omnia.example", owner=bob)
    bob.is_active = False
    bob.save()
    assert send(To="ana@omnia.example").outcome == "bcc_sender"


def test_an_email_from_the_users_own_mailbox_counts(send, make_lead, make_personal, bob):
    make_lead(email="ana@omnia.example", owner=bob)
    personal = make_personal(bob)
    assert send(From=personal.address, To="ana@omnia.example").outcome == "timeline"


def test_the_address_is_shown_to_its_user(sign_in, mailbox, bob, ann):
    assert get_bcc_address(bob) in sign_in(bob).get("/profile/mailbox").text
    assert get_bcc_address(bob) not in sign_in(ann).get("/profile/mailbox").text


def test_without_plus_addresses_there_is_no_bcc_address(sign_in, mailbox, bob):
    mailbox.plus_addresses = False
    mailbox.save()
    assert get_bcc_address(bob) == ""
    assert "You get a bcc address when" in sign_in(bob).get("/profile/mailbox").text
