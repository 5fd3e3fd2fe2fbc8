"""Sending emails: until when it can be undone, and what happens if the mail server doesn't take an email."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from crm.models import Activity, Operation, OutgoingEmail
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from crm.work.emails import mime_messages
from crm.work.emails.email_sending import TRIES, queue_emails, send_email
from crm.work.emails.email_verbs import SendEmail
from leads.models import Lead
from tests.crm.work.emails.emailing import told, work
from tests.post_office import post_office  # noqa: F401 - a fixture

FOOTER = mime_messages.EmailFooter(
    "Unsubscribe: https://x.example/1",
    '<a href="https://x.example/1">Unsubscribe</a>',
    {"List-Unsubscribe": "<https://x.example/1>"},
)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, email="jan@example.cz", second_email="office@example.cz")


@pytest.fixture
def sent(bob, lead):
    """sent(address="…", …) is an email that waits to be sent."""

    def written(**values) -> Activity:
        values = {
            "address": "jan@example.cz",
            "subject": "Hello",
            "text": "Hi",
            "message_id": "<1@x>",
            **values,
        }
        carry_out(SendEmail(bob, **values), Lead.objects.filter(pk=lead.pk), by=bob)
        return Activity.objects.get(message_id=values["message_id"])

    return written


def test_an_email_can_be_undone_until_it_is_sent(bob, sent):
    email = sent()
    done = Operation.objects.get(kind="send_email")
    revert_operation(done, by=bob)
    work()
    assert mail.outbox == []
    back = Operation.objects.latest("pk")
    assert "Write it again" in str(get_undo_obstacle(back, bob))
    other = sent(message_id="<2@x>")
    work()
    assert [letter.extra_headers["Message-ID"] for letter in mail.outbox] == [other.message_id]
    with pytest.raises(UndoRefused, match="no longer waiting to be sent"):
        revert_operation(Operation.objects.filter(kind="send_email").latest("pk"), by=bob)
    delivered = Operation.objects.get(kind="deliver_email")
    assert "can’t be unsent" in str(get_undo_obstacle(delivered, bob))
    email.refresh_from_db()
    assert email.deleted_at is not None


def test_an_undo_that_meets_the_worker_is_too_late(bob, sent):
    sent()
    # The worker has taken the email since the undo looked.
    OutgoingEmail.objects.all().delete()
    with pytest.raises(UndoRefused, match="no longer waiting to be sent"):
        revert_operation(Operation.objects.get(kind="send_email"), by=bob)
    assert Activity.objects.present().exists()


def test_a_deleted_email_is_not_sent_and_comes_back_as_failed(sign_in, bob, lead, sent):
    email = sent()
    browser = sign_in(bob)
    browser.post(f"/admin/leads/{lead.pk}/activities/{email.pk}/delete")
    work()
    assert mail.outbox == []
    revert_operation(Operation.objects.get(kind="delete_activity"), by=bob)
    assert "It was deleted before it was sent." in told(browser.get(f"/admin/leads/{lead.pk}"))


def test_an_email_can_not_be_edited(sign_in, bob, lead, sent):
    email = sent()
    browser = sign_in(bob)
    path = f"/admin/leads/{lead.pk}/activities/{email.pk}"
    assert "<textarea" not in told(browser.get(path))
    assert browser.post(path, {"text": "Other", "version": email.version}).status_code == 403
    assert (
        browser.post(f"/admin/leads/{lead.pk}/activities", {"type": "email", "text": "x"}).status_code == 422
    )


@pytest.fixture
def mail_server(monkeypatch):
    """What the mail server does: `open` and `send` are errors to raise."""
    doing = SimpleNamespace(open=None, send=None)

    def step(name):
        def run(*_arguments):
            if error := getattr(doing, name):
                raise error
            return 1

        return run

    sending = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "open", step("open"))
    monkeypatch.setattr(
        EmailBackend, "send_messages", lambda backend, letters: step("send")() and sending(backend, letters)
    )
    return doing


def test_a_refused_email_says_why_and_can_be_tried_again(sign_in, bob, lead, sent, mail_server):
    email = sent()
    mail_server.send = SMTPRecipientsRefused({"jan@example.cz": (550, b"No such user")})
    work()
    email.refresh_from_db()
    assert (email.outcome, email.problem) == ("failed", "refused 550 No such user")
    lead.refresh_from_db()
    assert lead.last_contacted_at is None
    browser = sign_in(bob)
    assert "The mail server refused it: 550 No such user" in told(browser.get(f"/admin/leads/{lead.pk}"))
    mail_server.send = None
    path = f"/admin/leads/{lead.pk}/activities/{email.pk}/send"
    assert "The email is sent again." in told(browser.post(path, follow=True))
    assert "no email to send again" in told(browser.post(path, follow=True))
    work()
    assert len(mail.outbox) == 1
    lead.refresh_from_db()
    assert lead.last_contacted_at is not None


def test_a_mail_server_that_can_not_be_reached_is_tried_again_and_then_named(sent, mail_server):
    email = sent()
    mail_server.open = ConnectionRefusedError()
    send_email(email.pk)
    assert ProcrastinateJob.objects.latest("id").args == {"activity_id": email.pk, "tries": 1}
    send_email(email.pk, TRIES - 1)
    email.refresh_from_db()
    assert (email.outcome, email.problem) == ("failed", "unreachable")


def test_a_connection_that_breaks_while_sending_is_not_tried_again(sent, mail_server):
    email = sent()
    mail_server.send = SMTPServerDisconnected("Connection unexpectedly closed")
    work()
    email.refresh_from_db()
    assert (email.outcome, email.problem) == ("failed", "unknown")
    assert not OutgoingEmail.objects.exists()


def test_an_email_whose_worker_was_killed_is_not_sent_a_second_time(sent):
    email = sent()
    OutgoingEmail.objects.all().delete()
    work()
    email.refresh_from_db()
    assert mail.outbox == []
    assert (email.outcome, email.problem) == ("failed", "unknown")


def test_a_lead_that_is_deleted_permanently_brings_its_emails_back(ada, lead, sent):
    sent()
    work()
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(Delete(), rows, by=ada)
    revert_operation(carry_out(Purge(), rows, by=ada).operation, by=ada)
    assert Activity.objects.get().subject == "Hello"


def test_the_email_goes_over_smtp(sent, post_office, bob):  # noqa: F811
    User.objects.filter(pk=bob.pk).update(name="Ștefan Ionescu")
    sent(subject="Oferta dumneavoastră", text="Bună **ziua**", message_id="<1@localhost>")
    work()
    (letter,) = post_office
    assert letter["To"] == "jan@example.cz"
    assert letter["Message-ID"] == "<1@localhost>"
    plain, html = (part.get_payload(decode=True).decode() for part in letter.get_payload())
    assert "Bună **ziua**" in plain
    assert "<strong>ziua</strong>" in html


def test_one_email_is_queued_once(sent):
    email = sent()
    with pytest.raises(IntegrityError), transaction.atomic():
        queue_emails([email.pk])


def test_a_footer_is_in_what_is_sent_and_not_in_the_text_that_is_kept(sent, monkeypatch):
    monkeypatch.setattr(mime_messages, "FOOTERS", [lambda email: None, lambda email: FOOTER])
    email = sent(text="Hi </body></html>")
    work()
    (letter,) = mail.outbox
    assert letter.body == "Hi </body></html>\n\nUnsubscribe: https://x.example/1\n"
    page, _kind = letter.alternatives[0]
    assert page.endswith('<a href="https://x.example/1">Unsubscribe</a></body></html>')
    assert page.count("</body></html>") == 1
    assert letter.extra_headers["List-Unsubscribe"] == "<https://x.example/1>"
    email.refresh_from_db()
    assert email.text == "Hi </body></html>"
