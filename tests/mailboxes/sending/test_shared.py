"""Emails to records that go out through the mailbox of their department, and what comes back."""

from email.message import EmailMessage

import pytest

from crm.models import Notification
from crm.records.history.verb_execution import carry_out
from crm.work.emails.email_sending import send_email
from crm.work.emails.email_verbs import SendEmail
from crm.work.models.activity import Activity
from customers.models import Request
from leads.models import Lead
from mailboxes.models import Message
from mailboxes.receiving.signed_addresses import build_signed_address, parse_signed_addresses
from tests.mailboxes.conftest import an_email, read
from tests.mailboxes.serving import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead, bob):
    return make_lead(email="ana@lead.example", owner=bob)


@pytest.fixture
def write(lead, bob):
    """write() sends an email of bob's to the lead, and returns it."""

    def sent() -> Activity:
        verb = SendEmail(bob, lead.email, "Your offer", "Here it is.", f"<{'a' * 64}@localhost>")
        carry_out(verb, Lead.objects.filter(pk=lead.pk), by=bob)
        activity = Activity.objects.get(type="email")
        send_email(activity.pk)
        activity.refresh_from_db()
        return activity

    return sent


def test_an_email_goes_out_through_the_mailbox_of_its_department(write, mailbox, smtp):
    assert write().outcome == "sent"
    (letter,) = smtp.arrived
    assert letter["From"] == f"Bob <{mailbox.address}>"
    assert letter["Reply-To"] == f"Bob <{mailbox.address}>"
    assert letter["X-Loop"] == "127.0.0.1"
    assert smtp.signed_in == [(mailbox.address, PASSWORD)]


@pytest.mark.parametrize("whose", ["of the department", "of the author"])
def test_the_message_id_has_the_domain_of_the_mailbox(
    whose, make_mailbox, make_personal, mailbox, lead, bob, sign_in, smtp
):
    """Not that of the installation, for which this mail server may not send."""
    if whose == "of the author":
        make_personal(bob, address="bob@bobs.example", smtp_host="127.0.0.1", smtp_port=smtp.port)
    page = {"to": "email", "subject": "Your offer", "text": "Here it is.", "draft": "a" * 64}
    for _again in range(2):
        sign_in(bob).post(f"/admin/leads/{lead.pk}/email", page)
    activity = Activity.objects.get(type="email")
    domain = "bobs.example" if whose == "of the author" else "ours.example"
    assert activity.message_id == f"<{'a' * 64}@{domain}>"
    send_email(activity.pk)
    assert smtp.arrived[0]["Message-ID"].strip() == activity.message_id


def test_without_a_mailbox_of_the_department_it_goes_out_as_before(
    make_mailbox, write, post_office, departments
):
    make_mailbox(department=departments.export)
    write()
    (letter,) = post_office
    assert letter["Reply-To"] == "Bob <bob@example.com>"


def test_a_mailbox_that_is_turned_off_sends_nothing(make_mailbox, write, post_office):
    make_mailbox(active=False)
    write()
    assert len(post_office) == 1


def test_a_reply_from_another_address_finds_the_lead_by_its_thread(write, deliver, lead, bob):
    sent = write()
    deliver(From="boss@elsewhere.example", In_Reply_To=sent.message_id, Subject="Re: Your offer")
    reply = Activity.objects.get(outcome="received")
    assert (reply.of, reply.record, reply.address) == ("lead", lead.pk, "boss@elsewhere.example")
    assert not Request.objects.exists()


def test_a_reply_to_a_signed_address_finds_the_lead_without_any_headers(
    make_mailbox, write, imap, lead, smtp
):
    mailbox = make_mailbox(plus_addresses=True)
    write()
    (letter,) = smtp.arrived
    address = build_signed_address(mailbox, "lead", lead.pk)
    assert letter["Reply-To"] == f"Bob <{address}>"
    imap.deliver(mailbox.address, an_email(mailbox, To=address.upper(), From="boss@elsewhere.example"))
    read(mailbox)
    assert Activity.objects.get(outcome="received").record == lead.pk


def test_a_forged_address_leads_to_no_record(mailbox, lead):
    address = build_signed_address(mailbox, "lead", lead.pk)
    other = address.replace(f"lead-{lead.pk}-", f"lead-{lead.pk + 1}-")
    elsewhere = address.replace("@ours.example", "@theirs.example")
    assert list(parse_signed_addresses([other, elsewhere, "", "x", f"{address}x"], mailbox)) == []
    assert list(parse_signed_addresses([address.upper()], mailbox)) == [("lead", lead.pk)]


def test_a_signed_address_stays_valid_when_the_secret_key_is_replaced(mailbox, settings):
    address = build_signed_address(mailbox, "lead", 7)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert list(parse_signed_addresses([address], mailbox)) == [("lead", 7)]


def test_a_bounce_marks_the_email_as_failed_with_the_reason(write, deliver, lead, bob):
    sent = write()
    lead.refresh_from_db()
    assert lead.last_contacted_at
    deliver(a_bounce(sent.message_id))
    sent.refresh_from_db()
    assert (sent.outcome, sent.problem) == ("failed", "bounced 550 5.1.1 No such user")
    lead.refresh_from_db()
    assert lead.last_contacted_at is None
    assert Message.objects.get().outcome == "bounce"
    assert not Request.objects.exists()
    assert Notification.objects.get(user=bob).kind == "email_bounced"


def test_a_bounce_of_an_unknown_email_changes_nothing(deliver):
    deliver(a_bounce("<unknown@localhost>"))
    assert (Message.objects.get().outcome, Request.objects.count()) == ("bounce", 0)


def test_a_delay_is_no_bounce(write, deliver):
    sent = write()
    deliver(a_bounce(sent.message_id).replace(b"Action: failed", b"Action: delayed"))
    sent.refresh_from_db()
    assert sent.outcome == "sent"
    assert Message.objects.get().outcome == "automatic"


def test_a_copy_of_a_sent_email_is_not_received(write, deliver):
    sent = write()
    deliver(From="bob@example.com", Message_ID=sent.message_id)
    assert Activity.objects.count() == 1
    assert Message.objects.get().outcome == "own"


def test_a_wrong_password_at_the_mail_server_is_shown_at_the_email(mailbox, write, lead):
    from accounts.second_factor.secret_encryption import encrypt_secret

    mailbox.secret = encrypt_secret("wrong")
    mailbox.save()
    # The mail server has accepted nothing, so the worker tries again.
    assert write().outcome == "sending"


def a_bounce(message_id: str) -> bytes:
    original = EmailMessage()
    original["Message-ID"] = message_id
    return (
        b"From: MAILER-DAEMON@ours.example\r\nAuto-Submitted: auto-replied\r\nSubject: Undelivered\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; ana@lead.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n"
        b"\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\n" + bytes(original) + b"\r\n--x--\r\n"
    )
