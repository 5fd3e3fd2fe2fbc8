"""Zebulon Quixwarden, who came in through many doors, another person who stays, and leads that are old enough for retention."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import Notification, SavedView
from crm.platform.web.security_log import write_security_line
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs.delete import Purge
from crm.work.activities.verbs import AddActivity
from customers.conversion.conversion_verb import Convert
from customers.models import Consent, ConsentPurpose, Request
from intake.models import IncomingCall, IncomingWebhook, Submission
from leads.models import Lead, Unsubscribe
from mailboxes.models import Mailbox, Message
from mailings.models import Delivery, Mailing, Suppression
from privacy.models import RetentionExemption, RetentionRule
from privacy.person import Person
from privacy.person_erasure import erase_person
from reports.models import ReadReport
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import apply, choose, upload
from tests.crm.work.activities.attaching import attach
from tests.customers.conftest import make_deal
from tests.intake.conftest import make_form, send, visitor
from tests.privacy.searching import needles, numbers

__all__ = ["make_deal", "make_form", "send", "visitor"]

FIRST, LAST = "Zebulon", "Quixwărden"
EMAIL, EARLIER, PHONE = "Zebulon.Q@quixmail.example", "zq@earlier.example", "0722 987-654"
MOBILE = "+49 (30) 9018-2077"
WANTED = needles(names=[FIRST, LAST], emails=[EMAIL, EARLIER, "@quixmail.example"])
DIGITS = numbers([PHONE, MOBILE])


@pytest.fixture
def erased(ada, django_capture_on_commit_callbacks):
    """erased({"lead": [1]}): erases the person of these records as the job does."""

    def run(records, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return erase_person(Person(records, **more), by=ada)

    return run


@pytest.fixture
def zebulon(make_lead, ann, bob):
    """A lead with a history: its email was another one, and it was in Trash."""
    lead = make_lead(f"{FIRST} {LAST}", email=EARLIER, phone=PHONE, phone_normal="+40722987654", owner=bob,
                     company="Iron Forge", address=f"{LAST} Lane 7", city="Cluj", country="RO", value=500)  # fmt: skip
    with operation("test", by=ann, table="lead", note=f"Met {FIRST} {LAST} at the fair", changed=1):
        Lead.objects.filter(pk=lead.pk).update(email=EMAIL, description=f"Call {PHONE}")
    lead.refresh_from_db()
    return lead


@pytest.fixture
def other(make_lead, bob):
    """Someone else, of whom nothing changes."""
    lead = make_lead(
        "Ana Albu", email="ana@stranger.example", phone="0733 111 222", owner=bob, description="Ana"
    )
    carry_out(AddActivity(by=bob, text="Called Ana"), Lead.objects.filter(pk=lead.pk), by=bob)
    return lead


@pytest.fixture
def many_doors(zebulon, other, ann, bob, ada, sign_in, make_form, send, make_task, departments):
    """Zebulon in every table that can have them. Returns the ids by record type."""
    lead = zebulon
    browser = sign_in(ann)
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(AddActivity(by=bob, text=f"Spoke with **{FIRST}**, write to {EMAIL}"), rows, by=bob)
    attach(browser, lead, SimpleUploadedFile("zebulon-quixwarden.pdf", b"%PDF-1.7 " + EMAIL.encode()))
    make_task(f"Call {LAST}", lead, user=bob, description=PHONE)
    make_task("Call Ana", other, user=bob, description=f"She knows {EMAIL}")
    # A web form, an import, an export.
    send(
        make_form(duplicates="fill"),
        last_name=LAST,
        email=EMAIL,
        description=f"Hi, {FIRST} here",
        query="utm_source=z",
    )
    imported = upload(
        browser,
        [
            ["Last name", "Email", "Phone"],
            [LAST, "zq2@quixmail.example", "+40 722 987 654"],
            ["Pop", "pop@x.example", ""],
        ],
    )
    choose(browser, imported, "columns")
    imported.refresh_from_db()
    apply(browser, imported)
    from_file = Lead.objects.get(email="zq2@quixmail.example")
    export(browser)
    # What others see, search for and keep.
    browser.get(f"/admin/leads?q={LAST}")
    write_security_line("suppression_added", by=ann, address=EMAIL)
    SavedView.objects.create(table="lead", owner=ann, name="One", query=f"email={EMAIL.replace('@', '%40')}")
    Notification.objects.create(
        user=bob, kind="mentioned", parameters={"by": "Ann", "text": f"{FIRST} {LAST}"}
    )
    # A mailing, an unsubscribe, a suppression.
    with operation("test", by=None):
        mailing = Mailing.objects.create(subject="News", by=ann, state="sent", department=departments.sales)
        Suppression.objects.create(address=EMAIL, email_key=EMAIL.lower(), note=f"asked by {FIRST} {LAST}")
    Delivery.objects.create(
        mailing=mailing,
        record=lead.pk,
        address=EMAIL,
        email_key=EMAIL.lower(),
        state="sent",
        at=timezone.now(),
    )
    Unsubscribe.objects.create(email_key=EMAIL.lower())
    # A consent, a reason why the lead is kept, a report.
    with operation("test", by=None):
        purpose = ConsentPurpose.objects.create(name="News")
        RetentionExemption.objects.create(lead=lead, reason=f"{LAST} comes back in May", by=ann)
    Consent.objects.create(
        purpose=purpose,
        person=EMAIL.lower(),
        given=True,
        source="user",
        about=f"{FIRST} {LAST} at the fair",
    )
    ReadReport.objects.create(user=ann, digest="x", query=f"q={EMAIL.replace('@', '%40')}")
    # A mailbox and a webhook.
    mailbox = Mailbox.objects.create(name="Sales", address="sales@ours.example", department=departments.sales)
    Message.objects.create(mailbox=mailbox, folder="INBOX", uid_validity=1, uid=1, outcome="timeline", of="lead",
                           record=lead.pk, sender=EMAIL, subject=f"From {FIRST}")  # fmt: skip
    with operation("test", by=None):
        hook = IncomingWebhook.objects.create(
            name="Site", public_id="x", department=departments.sales, makes="lead"
        )
    IncomingCall.objects.create(webhook=hook, body=f'{{"email": "{EMAIL}", "name": "{LAST}"}}', of="lead", record=lead.pk,
                                headers={"X-From": EMAIL})  # fmt: skip
    # A request, and the conversion to a contact.
    with operation("test", by=None):
        request = Request.objects.create(subject=f"Inquiry of {LAST}", text=f"My number: {PHONE}", email=EMAIL,
                                         first_name=FIRST, last_name=LAST, department=departments.sales, lead=lead)  # fmt: skip
    carry_out(Convert(), rows, by=ann)
    lead.refresh_from_db()
    # One more lead, which was deleted permanently.
    with operation("test", by=None):
        gone = Lead.objects.create(first_name=FIRST, last_name=LAST, email=EMAIL, department=lead.department,
                                   status=other.status, source=lead.source, deleted_at=timezone.now())  # fmt: skip
    carry_out(Purge(), Lead.objects.filter(pk=gone.pk), by=ada)
    assert Submission.objects.exists()
    leads = [lead.pk, from_file.pk, gone.pk]
    return SimpleNamespace(
        records={"lead": leads, "contact": [lead.client_contact_id], "request": [request.pk]},
        lead=lead,
        gone=gone.pk,
    )


@pytest.fixture
def old_lead(make_lead, reasons):
    """old_lead("Ana Albu", days=400): lost, and unchanged for so many days."""

    def make(name: str = "Ana Albu", days: int = 400, **values) -> Lead:
        moment = timezone.now() - timedelta(days=days)
        times = {"created_at": moment, "status_since": moment, "updated_at": moment}
        return make_lead(name, **{"status": "lost", **times, **values})

    return make


@pytest.fixture
def erasing_rule(statuses):
    with operation("test", by=None):
        return RetentionRule.objects.create(
            status=statuses.lost, action="erase", months=12, notice_days=14, is_confirmed=True
        )


@pytest.fixture
def make_request(departments):
    """make_request(lead=lead, days=400): a request to which nothing has happened for so many days."""

    def make(days: int = 400, **values) -> Request:
        at = timezone.now() - timedelta(days=days)
        given = {"subject": "Offer", "department": departments.sales, "created_at": at, "updated_at": at}
        with operation("test", by=None):
            return Request.objects.create(**given | values)

    return make
