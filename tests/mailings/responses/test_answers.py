"""What comes back to a mailing: bounces, complaints and replies, over a real IMAP server."""

import pytest

from crm.records.history.verb_execution import operation
from crm.work.models.activity import Activity
from customers.models import Request
from mailboxes.models import Message
from mailings.models import Delivery, MailingAccount, Suppression
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(make_mailbox):
    mailbox = make_mailbox()
    with operation("test", by=None):
        MailingAccount.objects.create(mailbox=mailbox)
    return mailbox


@pytest.fixture
def sent(mailbox, make_mailing, make_recipients, send, smtp):
    """sent() is a row that was sent, and the Message-ID of its email."""

    def one() -> tuple[Delivery, str]:
        mailing = make_mailing()
        (row,) = make_recipients(mailing)
        assert send(mailing).state == "sent"
        return Delivery.objects.get(pk=row.pk), smtp.arrived[-1]["Message-ID"].strip()

    return one


def a_report(kind: str, lines: str, message_id: str) -> bytes:
    report = {"delivery-status": "delivery-status", "feedback-report": "feedback-report"}[kind]
    return (
        f"From: MAILER-DAEMON@mx.example\r\nMessage-ID: <{kind}{hash(lines + message_id)}@mx.example>\r\nSubject: Report\r\n"
        f"Content-Type: multipart/report; report-type={report}; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: text/plain\r\n\r\nA report.\r\n"
        f"--x\r\nContent-Type: message/{kind}\r\n\r\n{lines}\r\n"
        f"--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {message_id}\r\nSubject: Price list\r\n\r\nText\r\n--x--\r\n"
    ).encode()


def a_bounce(message_id: str, status: str = "5.1.1", said: str = "No such user") -> bytes:
    lines = (
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ana@lead.example\r\nAction: failed\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} {said}\r\n"
    )
    return a_report("delivery-status", lines, message_id)


def a_complaint(message_id: str, kind: str = "abuse") -> bytes:
    lines = f"Feedback-Type: {kind}\r\nUser-Agent: Provider/1.0\r\nVersion: 1\r\n"
    return a_report("feedback-report", lines, message_id)


def test_a_hard_bounce_suppresses_the_address_and_counts_for_the_mailing(sent, mailbox, imap):
    row, message_id = sent()
    imap.deliver(mailbox.address, a_bounce(message_id))
    read(mailbox)
    row.refresh_from_db()
    assert row.bounced_at
    assert row.problem == "bounced 550 5.1.1 No such user"
    suppressed = Suppression.objects.get()
    assert (suppressed.email_key, suppressed.reason) == (row.email_key, "bounced")
    message = Message.objects.get()
    assert (message.outcome, message.of, message.record) == ("bounce", "lead", row.record)


def test_a_soft_bounce_is_noted_and_doesnt_suppress_the_address(sent, mailbox, imap):
    row, message_id = sent()
    imap.deliver(mailbox.address, a_bounce(message_id, "5.2.2", "Mailbox full"))
    read(mailbox)
    row.refresh_from_db()
    assert (row.bounced_at, row.problem) == (None, "bounced 550 5.2.2 Mailbox full")
    assert not Suppression.objects.exists()


def test_a_bounce_with_a_forged_message_id_changes_nothing(sent, mailbox, imap):
    row, message_id = sent()
    forged = message_id.replace(f"mailing.{row.pk}.", f"mailing.{row.pk + 1}.")
    assert forged != message_id
    imap.deliver(mailbox.address, a_bounce(forged))
    imap.deliver(mailbox.address, a_bounce(f"<mailing.{row.pk}@127.0.0.1>"))
    imap.deliver(mailbox.address, a_bounce(""))
    read(mailbox)
    assert not Suppression.objects.exists()
    assert not Delivery.objects.exclude(bounced_at=None).exists()


def test_a_complaint_suppresses_the_address(sent, mailbox, imap):
    row, message_id = sent()
    imap.deliver(mailbox.address, a_complaint(message_id))
    read(mailbox)
    row.refresh_from_db()
    assert row.complained_at
    assert Suppression.objects.get().reason == "complained"
    assert Message.objects.get().outcome == "automatic"
    assert not Request.objects.exists()


def test_a_report_that_an_email_isnt_spam_suppresses_nothing(sent, mailbox, imap):
    _row, message_id = sent()
    imap.deliver(mailbox.address, a_complaint(message_id, "not-spam"))
    read(mailbox)
    assert not Suppression.objects.exists()


def test_a_reply_counts_and_lands_on_the_timeline_of_the_recipient(sent, mailbox, imap):
    row, message_id = sent()
    # From another address than the mailing went to.
    reply = an_email(
        mailbox, From="Ana <ana@private.example>", In_Reply_To=message_id, text="Please call me."
    )
    imap.deliver(mailbox.address, reply)
    read(mailbox)
    row.refresh_from_db()
    assert row.replied_at
    activity = Activity.objects.get()
    assert (activity.of, activity.record, activity.text) == ("lead", row.record, "Please call me.")
    assert not Request.objects.exists()


def test_an_automatic_answer_is_no_reply(sent, mailbox, imap):
    row, message_id = sent()
    away = an_email(mailbox, In_Reply_To=message_id, Auto_Submitted="auto-replied", text="I am away.")
    imap.deliver(mailbox.address, away)
    read(mailbox)
    row.refresh_from_db()
    assert row.replied_at is None
