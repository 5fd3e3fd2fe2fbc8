"""Emails to records that go out through the personal mailbox of their author, their copies, and what comes back."""

from email.utils import parsedate_to_datetime

import pytest

from accounts.second_factor.secret_encryption import encrypt_secret
from crm.api.v2.record_page.emails import build_email_json
from crm.models import Notification
from crm.records.history.verb_execution import carry_out, operation
from crm.work.emails.email_sending import send_email
from crm.work.emails.email_verbs import SendEmail
from crm.work.models.activity import Activity
from leads.models import Lead
from mailboxes.models import Mailbox, Message
from mailboxes.sending import sent_copies
from mailboxes.sending.sender_routes import get_own_mailbox
from mailboxes.sending.sent_copies import store_sent_copy
from tests.mailboxes.conftest import an_email, read
from tests.mailboxes.sending.test_shared import a_bounce
from tests.mailboxes.serving import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead, bob):
    return make_lead(email="ana@lead.example", owner=bob)


@pytest.fixture
def own(make_personal, smtp, bob):
    """The mailbox of bob, with an SMTP server."""
    return make_personal(bob, smtp_host="127.0.0.1", smtp_port=smtp.port)


@pytest.fixture
def copies(monkeypatch):
    """The emails that are to get a copy."""
    queued: list[int] = []
    monkeypatch.setattr(sent_copies.store_sent_copy, "defer", lambda activity_id: queued.append(activity_id))
    return queued


@pytest.fixture
def write(lead, copies):
    """write(bob, envelope) sends an email of bob's to the lead, and returns it."""

    def sent(author, envelope=None) -> Activity:
        message_id = f"<{'a' * 64}@localhost>"
        verb = SendEmail(author, lead.email, "Your offer", "Here it is.", message_id, envelope=envelope or {})
        carry_out(verb, Lead.objects.filter(pk=lead.pk), by=author)
        activity = Activity.objects.get(type="email", outcome="sending")
        send_email(activity.pk)
        activity.refresh_from_db()
        return activity

    return sent


def in_sent(imap, mailbox) -> list[bytes]:
    """The emails in the folder of sent ones, without the one that was there from the beginning."""
    with imap.sign_in(mailbox.address) as client:
        client.select_folder("Sent", readonly=True)
        found = client.fetch(client.search("ALL"), ["BODY[]", "FLAGS"])
    return [part[b"BODY[]"] for part in found.values() if b"Subject: old" not in part[b"BODY[]"]]


def test_an_email_goes_out_from_the_own_address_of_its_author(write, own, smtp, bob):
    assert write(bob).outcome == "sent"
    (letter,) = smtp.arrived
    assert letter["From"] == f"Bob <{own.address}>"
    assert letter["Reply-To"] == f"Bob <{own.address}>"
    assert letter["X-MailFrom"] == own.address
    assert smtp.signed_in == [(own.address, PASSWORD)]


def test_a_colleagues_email_goes_out_through_the_mailbox_of_the_department(write, own, mailbox, smtp, ann):
    write(ann)
    assert smtp.arrived[0]["From"] == f"Ann <{mailbox.address}>"


@pytest.mark.parametrize(
    "values",
    [{"smtp_host": ""}, {"active": False}, {"secret": ""}, {"problem": "expired"}],
    ids=["without an SMTP server", "turned off", "not connected", "without access"],
)
def test_an_own_mailbox_that_cannot_send_leaves_it_to_that_of_the_department(
    write, own, mailbox, smtp, bob, values
):
    Mailbox.objects.filter(pk=own.pk).update(**values)
    write(bob)
    assert smtp.arrived[0]["From"] == f"Bob <{mailbox.address}>"


def test_the_page_says_which_address_an_email_goes_out_from(sign_in, own, mailbox, lead, ann, bob, settings):
    path = f"/admin/leads/{lead.pk}/email"
    chosen = sign_in(bob).get(path).context["form"].fields["sender"].choices
    assert chosen == [("own", own.address), ("department", mailbox.address)]
    assert f"This email goes out from {mailbox.address}." in sign_in(ann).get(path).text
    with operation("test", by=None):
        Mailbox.objects.all().delete()
    settings.DEFAULT_FROM_EMAIL = "Leadwell <product@ours.example>"
    page = sign_in(bob).get(path).text
    assert "This email goes out from product@ours.example." in page
    assert "Replies go to bob@example.com." in page


def test_a_copy_is_kept_in_the_folder_of_sent_emails_once(write, own, imap, copies, bob):
    sent = write(bob)
    assert copies == [sent.pk]
    store_sent_copy(sent.pk)
    store_sent_copy(sent.pk)
    (copy,) = in_sent(imap, own)
    assert sent.message_id.encode() in copy
    assert b"To: ana@lead.example" in copy
    (date,) = [line for line in copy.decode().splitlines() if line.startswith("Date: ")]
    assert parsedate_to_datetime(date[6:]) == sent.at.replace(microsecond=0)


def test_the_copy_of_an_email_is_not_received_again(write, own, imap, bob):
    sent = write(bob)
    store_sent_copy(sent.pk)
    assert read(own).problem == ""
    assert Activity.objects.count() == 1
    assert Message.objects.get().outcome == "own"


def test_providers_that_keep_a_copy_themselves_are_given_none(write, own, copies, bob, monkeypatch):
    monkeypatch.setattr(Mailbox, "uses_oauth", property(lambda self: True))
    monkeypatch.setattr(Mailbox, "is_connected", property(lambda self: True))
    monkeypatch.setattr("mailboxes.connections.smtp.get_access_token", lambda mailbox: "token")
    write(bob)
    assert copies == []


def test_an_email_through_the_mailbox_of_the_department_has_its_copy_there(write, mailbox, imap, copies, ann):
    imap.deliver(mailbox.address, an_email(mailbox, Subject="old"), folder="Sent")
    sent = write(ann)
    assert copies == [sent.pk]
    store_sent_copy(sent.pk)
    (copy,) = in_sent(imap, mailbox)
    assert sent.message_id.encode() in copy
    assert f"From: Ann <{mailbox.address}>".encode() in copy
    # It isn't received as an email of the mailbox.
    assert read(mailbox).problem == ""
    assert Activity.objects.count() == 1


def test_an_author_who_chose_the_department_has_no_copy_in_the_own_mailbox(write, own, mailbox, imap, bob):
    imap.deliver(mailbox.address, an_email(mailbox, Subject="old"), folder="Sent")
    sent = write(bob, {"to": "ana@lead.example", "route": "department"})
    store_sent_copy(sent.pk)
    assert len(in_sent(imap, mailbox)) == 1
    assert in_sent(imap, own) == []


def test_the_author_is_told_which_recipients_the_mail_server_refused(
    write, own, smtp, lead, ann, bob, sign_in
):
    smtp.unknown = {"boss@ours.example"}
    sent = write(bob, {"to": "ana@lead.example", "bcc": "boss@ours.example"})
    assert sent.outcome == "sent"
    assert smtp.arrived[0]["X-RcptTo"] == "ana@lead.example"
    words = (
        "The mail server refused boss@ours.example (550 5.1.1 No such user). "
        "The other recipients were sent the email."
    )
    pages = [f"/admin/leads/{lead.pk}", f"/admin/leads/{lead.pk}/activities/{sent.pk}"]
    for path in pages:
        assert words in sign_in(bob).get(path).text
        # A colleague doesn't learn of the address in Bcc.
        assert "boss@ours.example" not in sign_in(ann).get(path).text


def test_colleagues_do_not_see_the_addresses_in_bcc_not_even_in_what_a_mail_server_says(
    write, own, lead, ann, bob, sign_in
):
    """A bounce names the address that couldn't be delivered to, which may be one in Bcc."""
    sent = write(bob, {"to": "ana@lead.example", "bcc": "boss@ours.example"})
    why = "bounced 550 5.1.1 <Boss@ours.example>: Recipient address rejected"
    with operation("test", by=None):
        Activity.objects.filter(pk=sent.pk).update(outcome="failed", problem=why)
    page = f"/admin/leads/{lead.pk}"
    for reader, seen in ((bob, "&lt;Boss@ours.example&gt;: Recipient"), (ann, "&lt;…&gt;: Recipient")):
        text = sign_in(reader).get(page).text
        assert f"It couldn’t be delivered: 550 5.1.1 {seen} address rejected" in text
        assert ("boss@ours.example" in text.lower()) == (reader == bob)
        row = Activity.objects.select_related("envelope").get(pk=sent.pk)
        assert ("boss@" in str(build_email_json(row, [], reader)).lower()) == (reader == bob)


def test_an_email_that_the_mail_server_refuses_for_all_has_failed(write, own, smtp, bob):
    smtp.unknown = {"ana@lead.example"}
    sent = write(bob)
    assert (sent.outcome, sent.problem) == ("failed", "refused 550 5.1.1 No such user")


def test_a_reply_to_the_own_address_lands_on_the_timeline(write, own, imap, lead, bob):
    sent = write(bob)
    imap.deliver(own.address, an_email(own, From="ana@lead.example", In_Reply_To=sent.message_id))
    read(own)
    reply = Activity.objects.get(outcome="received")
    assert (reply.of, reply.record) == ("lead", lead.pk)


def test_a_bounce_in_the_own_mailbox_marks_the_email_as_failed(write, own, imap, lead, bob):
    sent = write(bob)
    imap.deliver(own.address, a_bounce(sent.message_id))
    assert read(own).problem == ""
    sent.refresh_from_db()
    assert (sent.outcome, sent.problem) == ("failed", "bounced 550 5.1.1 No such user")
    assert Message.objects.get().outcome == "bounce"
    assert Notification.objects.get().kind == "email_bounced"


def test_a_bounce_of_another_email_leaves_no_trace(write, own, imap, make_personal, ann, bob):
    colleague = make_personal(ann)
    sent = write(bob)
    for box, message_id in ((own, "<private@elsewhere.example>"), (colleague, sent.message_id)):
        imap.deliver(box.address, a_bounce(message_id))
        assert read(box).problem == ""
    assert not Message.objects.exists()
    sent.refresh_from_db()
    assert sent.outcome == "sent"


def test_a_password_is_not_sent_to_an_smtp_server_in_our_own_network(own, mailbox, write, smtp, bob):
    own.smtp_port = 25
    own.save()
    assert get_own_mailbox(bob) is not None
    assert not own.may_be_inside("smtp")
    assert write(bob).outcome == "sending"
    assert smtp.signed_in == []


def test_a_wrong_password_at_the_smtp_server_says_so(own, write, smtp, bob):
    own.secret = encrypt_secret("wrong")
    own.save()
    assert write(bob).outcome == "sending"
    assert smtp.arrived == []
