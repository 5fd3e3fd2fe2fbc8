"""What colleagues typed about Zebulon into the records of other people and into settings: his address in every kind of text."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import CustomField, Tag, Template
from crm.records.history import verbs
from crm.records.history.verb_execution import carry_out, operation
from customers.models import ConsentPurpose, ConsentState, Contact, Deal, DealContact, Employment, Request
from intake.models import WebForm
from leads.models import Lead, Status
from mailings.models import Mailing, MailingFile, MailingTemplate
from privacy.models import RetentionExemption
from tests.crm.work.activities.attaching import attach
from tests.privacy.conftest import EMAIL, PHONE


def texts_in_their_records(browser, other, bob, departments, make_company, make_field) -> None:
    """`other` is the lead of someone else, which gets a contact, a request and custom values."""
    company = make_company("Her own")
    with operation("test", by=bob):
        Lead.objects.filter(pk=other.pk).update(
            description=f"Ana’s friend is {EMAIL}, {PHONE}",
            next_action=f"Ask {EMAIL}",
            company=f"Care of {EMAIL}",
        )
        contact = Contact.objects.create(
            first_name="Ana", last_name="Albu", title=f"Aunt of {EMAIL}", department=departments.sales
        )
        request = Request.objects.create(
            subject=f"About {EMAIL}", text=f"Call {PHONE}", last_name="Albu", department=departments.sales
        )
        deal = Deal.objects.create(
            name="Ana’s", department=departments.sales, status=Status.objects.of_deals().first()
        )
        DealContact.objects.create(deal=deal, contact=contact, role=f"Asks {EMAIL}")
        Employment.objects.create(contact=contact, company=company, role=f"For {EMAIL}")
        RetentionExemption.objects.create(lead=other, reason=f"Until {EMAIL} has answered", by=bob)
    for table, row in {"lead": other, "contact": contact, "request": request}.items():
        edit = verbs.Edit({make_field(f"Note of {table}", of=table).name: f"Sent by {EMAIL}"})
        assert carry_out(edit, type(row).objects.filter(pk=row.pk), by=bob).changed
    attach(browser, other, SimpleUploadedFile(f"Letter to {EMAIL}.txt", b"Dear friend"))


def a_consent_of_someone_else() -> None:
    given = {"person": "ana@stranger.example", "given": True, "at": timezone.now()}
    ConsentState.objects.create(purpose=ConsentPurpose.objects.get(), **given)


def texts_in_settings(ann, departments, lists) -> None:
    """Two of them have names that can't be the same, also without his address."""
    with operation("test", by=ann):
        for number in (1, 2):
            Tag.objects.create(name=f"{EMAIL}" if number == 1 else PHONE)
        CustomField.objects.update(help=f"Such as {EMAIL}")
        Template.objects.create(name="Answer", type="note", text=f"Ask {EMAIL}")
        MailingTemplate.objects.create(name="News", subject="News", text=f"Written by {EMAIL}")
        WebForm.objects.update(intro=f"Write to {EMAIL}")
        lists.description = f"Asked for by {EMAIL}"
        lists.save()
        mailing = Mailing.objects.order_by("pk").first()
        MailingFile.objects.create(
            mailing=mailing, name=f"{EMAIL}.pdf", size=1, content_type="x", sha256="", file=""
        )
