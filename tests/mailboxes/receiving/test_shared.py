"""Emails that arrive in a shared mailbox: new requests, and entries of timelines."""

import time
from email.message import EmailMessage

import pytest

from crm.models import AttachedFile, Notification
from crm.platform.text.html_to_text import convert_html_to_text as text_of_cell
from crm.work.models.activity import Activity
from customers.models import Request
from mailboxes.messages.html_to_markdown import convert_html_to_markdown
from mailboxes.models import MailboxFolder, Message
from tests.crm.work.activities.attaching import place_of
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db


def test_a_strangers_email_becomes_a_request(deliver, departments):
    deliver()
    request = Request.objects.get()
    assert (request.subject, request.text) == ("Offer for 200 chairs", "Can you send an offer?")
    assert (request.first_name, request.last_name, request.email) == ("Ana", "Albu", "ana@stranger.example")
    assert (request.channel, request.department, request.owner) == ("email", departments.sales, None)
    assert request.created_by is None


def test_a_message_that_is_fetched_again_after_a_crash_counts_once(deliver, mailbox):
    deliver()
    MailboxFolder.objects.update(last_uid=0)
    assert read(mailbox).problem == ""
    assert Request.objects.count() == 1


def test_a_message_that_arrives_twice_counts_once(deliver):
    deliver(Message_ID="<same@stranger.example>")
    deliver(Message_ID="<same@stranger.example>", Subject="Another subject")
    assert Request.objects.count() == 1
    assert list(Message.objects.newest_first().values_list("outcome", flat=True)) == ["known", "request"]


def test_renumbered_messages_count_once(deliver, mailbox):
    deliver()
    MailboxFolder.objects.update(uid_validity=7)
    read(mailbox)
    assert Request.objects.count() == 1
    assert MailboxFolder.objects.get().uid_validity != 7


def test_emails_from_before_the_mailbox_was_added_stay_where_they_are(imap, make_mailbox):
    imap.deliver("old@ours.example", b"Subject: old\r\nFrom: a@b.example\r\n\r\nold")
    make_mailbox(address="old@ours.example")
    assert not Message.objects.exists()


def test_an_email_of_a_lead_lands_on_its_timeline(deliver, make_lead, bob):
    lead = make_lead(email="ana@stranger.example", owner=bob)
    deliver()
    activity = Activity.objects.get()
    assert (activity.of, activity.record, activity.type) == ("lead", lead.pk, "email")
    assert (activity.outcome, activity.address, activity.created_by) == (
        "received",
        "ana@stranger.example",
        None,
    )
    assert not Request.objects.exists()
    lead.refresh_from_db()
    assert lead.last_contacted_at == activity.at
    notice = Notification.objects.get(user=bob)
    assert (notice.kind, notice.path) == ("email_received", f"/admin/leads/{lead.pk}")


def test_an_email_of_a_contact_lands_on_its_timeline(deliver, make_contact):
    contact = make_contact(email="ana@stranger.example")
    deliver()
    activity = Activity.objects.get()
    assert (activity.of, activity.record) == ("contact", contact.pk)


def test_a_lead_in_trash_is_a_stranger(deliver, make_lead, ada):
    from crm.records.history.verb_execution import carry_out
    from crm.records.history.verbs import Delete
    from leads.models import Lead

    lead = make_lead(email="ana@stranger.example")
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    deliver()
    assert Request.objects.count() == 1


def test_attachments_of_a_request_are_on_its_timeline_and_programs_are_not_kept(deliver, mailbox, ada):
    message = an_email(mailbox)
    message.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    message.add_attachment(b"MZ\0\0", maintype="application", subtype="pdf", filename="run.exe")
    deliver(message)
    request = Request.objects.get()
    (file,) = AttachedFile.objects.of_record("request", request.pk, ada)
    assert (file.name, place_of(file.file).read_bytes()) == ("plan.pdf", b"%PDF-1.4 plan")
    assert request.text.endswith("Attachments that weren’t kept: run.exe")


def test_a_second_email_of_a_thread_goes_to_the_request_of_the_first_one(deliver):
    deliver(Message_ID="<first@stranger.example>")
    deliver(References="<first@stranger.example>", From="carl@stranger.example", Subject="Re: Offer")
    request = Request.objects.get()
    activity = Activity.objects.get()
    assert (activity.of, activity.record, activity.subject) == ("request", request.pk, "Re: Offer")


def test_html_becomes_text_without_scripts_and_images(deliver):
    message = EmailMessage()
    message["From"], message["Subject"] = "ana@stranger.example", "Page"
    message.set_content(
        '<p>Hello <b>you</b></p><script>alert(1)</script><img src="https://spy.example/x.png">'
        '<blockquote>old</blockquote><a href="https://a.example">here</a>',
        subtype="html",
    )
    deliver(message)
    assert Request.objects.get().text == "Hello **you**\n\n> old\n\nhere (https://a.example)"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.example>"},
        {"X_Autoreply": "yes"},
    ],
)
def test_automatic_emails_become_no_requests(deliver, headers):
    deliver(**headers)
    assert not Request.objects.exists()
    assert Message.objects.get().outcome == "automatic"


def test_an_email_from_a_mailbox_here_becomes_no_request(deliver, mailbox):
    deliver(From=f"Sales <{mailbox.address.upper()}>")
    assert Message.objects.get().outcome == "own"


def test_an_email_that_came_around_becomes_no_request(deliver, settings):
    settings.SITE_URL = "https://crm.ours.example"
    deliver(X_Loop="crm.ours.example")
    assert Message.objects.get().outcome == "own"


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00\x80 garbage without headers",
        b"From: =?broken\r\nSubject: =?utf-8?b?!!!?=\r\n\r\nx",
        b"From: a@b.example\r\nSubject: \xff\xfe\x80\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\x80\x00text",
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed\r\n\r\n--x",
        b"From: a@b.example\r\nDate: Foo, 99 Bar 99999 99:99:99 +9999\r\nMessage-ID: <<>>\r\n\r\nx",
    ],
)
def test_garbage_never_stops_the_messages_after_it(deliver, imap, mailbox, raw):
    imap.deliver(mailbox.address, raw)
    deliver()
    assert mailbox.problem == ""
    assert Request.objects.filter(subject="Offer for 200 chairs").count() == 1
    assert Message.objects.count() == 2


def test_a_message_that_fails_is_kept_aside_with_the_reason(deliver, imap, mailbox, monkeypatch):
    from mailboxes.receiving import message_receiving

    real = message_receiving.find_message_records
    monkeypatch.setattr(
        message_receiving,
        "find_message_records",
        lambda letter, mailbox: 1 / 0 if letter.subject == "bad" else real(letter, mailbox),
    )
    imap.deliver(mailbox.address, an_email(mailbox, Subject="bad"))
    deliver()
    assert list(Message.objects.newest_first().values_list("outcome", "reason")) == [
        ("request", ""),
        ("unreadable", "ZeroDivisionError"),
    ]


@pytest.mark.nightly
@pytest.mark.parametrize(
    "part",
    ["<div>", "<blockquote>", "<a href='https://a.example'>", "<b>x", "<", "<!--", "<a ", "&lt;", "&", "</"],
)
def test_a_page_that_is_made_to_keep_the_worker_busy_is_read_in_seconds(part):
    begun = time.monotonic()
    convert_html_to_markdown(part * (10_000_000 // len(part)))
    text_of_cell(">" * 100_000 + part * (100_000 // len(part)))
    assert time.monotonic() - begun < 5


def test_the_text_of_an_email_is_never_html_on_the_timeline(deliver, make_lead, client, ada):
    lead = make_lead(email="ana@stranger.example")
    deliver(
        text="<script>alert(1)</script> ![x](https://spy.example/x.png) <img src=https://spy.example/y.png>"
    )
    client.force_login(ada)
    page = client.get(f"/admin/leads/{lead.pk}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<img src=https" not in page
    assert 'src="https://spy' not in page
    assert "ana@stranger.example</b>" in page
