"""Values that try to become headers, and files that are too large: a clear sentence or plain text, never another header."""

from email import message_from_bytes, policy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from crm.records.history.verb_execution import operation
from leads.models import Lead
from mailings.content.email_content import build_mailing_email
from mailings.models import Mailing, MailingFile, MailingList, MailingTemplate, Sender

pytestmark = pytest.mark.django_db
INJECTED = "\r\nBcc: evil@x.example\r\nX-Evil: 1\r\n\r\n<script>alert(1)</script>"
BREAKS = ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.fixture
def ana(make_lead, bob):
    return make_lead("Ana Pop", owner=bob, email="ana@omnia.example", company="Omnia")


def read(delivery):
    """The email as a mail server and a program read it."""
    content = build_mailing_email(delivery).message().as_bytes()
    return message_from_bytes(content, policy=policy.default.clone(refold_source="none"))


@pytest.mark.parametrize("line_break", BREAKS)
def test_no_value_begins_a_header(line_break, make_mailing, deliver_to, ana, bob, departments):
    injected = INJECTED.replace("\r\n", line_break)
    with operation("test", by=None):
        Lead.objects.filter(pk=ana.pk).update(first_name=f"Ana{injected}"[:100], company=f"O{injected}"[:100])
        Sender.objects.create(department=departments.sales, name=f"Omnia{injected}"[:100])
        monthly = MailingList.objects.create(name=f"Monthly{injected}"[:80])
    ana.refresh_from_db()
    mailing = make_mailing(
        "Hello {first_name}",
        subject=f"For {{first_name}} of {{company}}{injected}"[:200],
        preheader=f"{{company}}{injected}"[:150],
        list=monthly,
    )
    message = read(deliver_to(mailing, ana))
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message["To"] == "ana@omnia.example"
    assert [len(message.get_all(name)) for name in ("Subject", "From", "Reply-To", "List-Id")] == [1] * 4
    assert not message.defects
    assert "<script" not in message.get_body(("html",)).get_content()
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: evil@x.example", "a b@c.example", "a@b@c.example"])
def test_an_address_that_is_none_gets_nothing(address, make_mailing, ana, bob):
    from mailings.audience.recipient_counts import preview_recipient_counts

    with operation("test", by=None):
        Lead.objects.filter(pk=ana.pk).update(email=address)
    assert [line.reason for line in preview_recipient_counts(make_mailing(ids=[ana.pk])).lines] == [
        "no_email"
    ]


@pytest.mark.parametrize("field", ["subject", "preheader", "name"])
def test_a_template_or_sender_with_a_line_break_or_null_is_not_saved(field, sign_in, ada, departments):
    browser = sign_in(ada)
    path = "/admin/mailings/templates/new"
    if field == "name":
        path = f"/admin/mailings/senders/{departments.sales.pk}"
    values = {"name": "Fair", "subject": "Fair", "text": "Hello"}
    for ending, words in (("\r\nBcc: evil@x.example", "Remove the line breaks."), ("\0", "Null characters")):
        page = browser.post(path, values | {field: f"One{ending}"})
        assert page.status_code == 422
        assert words in page.text
    assert not MailingTemplate.objects.exists()
    assert not Sender.objects.exists()


def test_a_file_of_30_megabytes_is_not_attached_and_the_draft_stays(make_mailing, ana, ann, sign_in):
    mailing, browser = make_mailing(ids=[ana.pk], by=ann), sign_in(ann)
    path = f"/admin/mailings/{mailing.pk}/files"
    page = browser.post(
        path, {"attachments": SimpleUploadedFile("large.txt", b"x" * 30_000_000)}, follow=True
    )
    assert page.status_code == 200
    assert "The files are too large. Together they may have up to 10 MB." in page.text
    assert not MailingFile.objects.exists()
    # Small ones that are too large together, too.
    for _each in range(2):
        page = browser.post(
            path, {"attachments": SimpleUploadedFile("half.txt", b"x" * 6_000_000)}, follow=True
        )
    assert "The files are too large." in page.text
    assert MailingFile.objects.count() == 1


@pytest.mark.parametrize("field", ["subject", "preheader", "text", "plain"])
def test_an_unknown_merge_field_is_named_wherever_it_is(field, make_mailing, ana, ann, sign_in):
    mailing = make_mailing(ids=[ana.pk], by=ann)
    values = {"subject": "News", "text": "Hello", "language": "en", "version": mailing.version}
    page = sign_in(ann).post(f"/admin/mailings/{mailing.pk}/content", values | {field: "Hi {shoe_size|you}"})
    assert page.status_code == 422
    assert "There is no merge field {shoe_size}." in page.text
    assert "{shoe_size|you}" in page.text
    assert Mailing.objects.get().text == mailing.text


def test_no_text_of_a_user_is_read_as_a_template_of_django(make_mailing, deliver_to, ana):
    mailing = make_mailing("{% debug %}{{ settings.SECRET_KEY }}", subject="{% now 'Y' %}")
    message = read(deliver_to(mailing, ana))
    assert message["Subject"] == "{% now 'Y' %}"
    assert "{% debug %}" in message.get_body(("plain",)).get_content()


def test_custom_fields_cost_no_query_for_each_recipient(make_mailing, deliver_to, make_lead, ana, make_field):
    from django.test.utils import CaptureQueriesContext

    from mailings.content.merge_fields import attach_records

    field = make_field("Contract end", "date")
    mailing = make_mailing(f"Until {{{field.name}|soon}}, {{first_name}}")

    def queries(number: int) -> int:
        rows = [deliver_to(mailing, make_lead(email=f"a{number}x{each}@b.example")) for each in range(number)]
        with CaptureQueriesContext(connection) as found:
            attach_records(rows)
            for row in rows:
                build_mailing_email(row)
        return len(found)

    queries(1)
    assert queries(2) == queries(7)
