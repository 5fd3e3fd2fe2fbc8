"""The doors through which Zebulon comes in beyond those of tests/privacy/conftest.py: merges, programs, mailings, texts. Those
that leave records of him return them, as {"lead": [1]}."""

import json
import re
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from automations.models import Automation, AutomationRun
from bookings.models import Booking, BookingPage, BookingReminder
from crm.api.webhooks import webhook_delivery
from crm.models import Activity, Invitation, InvitationAnswer, Job, WebhookDelivery
from crm.platform.files.attachment_storage import store_uploads
from crm.records.editing.bulk_actions import freeze_set
from crm.records.history import verbs
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.verbs import AddActivity
from crm.work.emails.email_verbs import SendEmail
from customers.models import Deal, DealContact, Employment
from duplicates.scanning.scan import run_scan
from duplicates.verbs import mark_as_different
from intake.models import StopWord, WebForm
from leads.models import AssignmentRule, Lead, ScoreRule, Status
from leads.scores.scoring import write_score_state
from mailings.jobs import queue_scheduled_mailings, send_mailing
from mailings.models import (
    Click,
    Delivery,
    ListUnsubscribe,
    Mailing,
    MailingAccount,
    MailingLink,
    MailingList,
)
from reports.models import Dashboard, DashboardPart, KeptNumbers, Pin, Report, ReportSchedule
from sequences.models import EditedEmail, Enrollment, Sequence, SequenceStep
from tests.crm.transfer.imports.importing import choose, upload
from tests.crm.work.emails.emailing import work as send_emails
from tests.crm.work.emails.emailing import write
from tests.crm.work.invitations.inviting import plan
from tests.crm.work.invitations.inviting import work as send_invitations
from tests.duplicates.conftest import merge
from tests.intake.conftest import state_in
from tests.mailboxes.conftest import an_email, read
from tests.mailings.responses.test_answers import a_bounce
from tests.privacy.conftest import EMAIL, FIRST, LAST, MOBILE, PHONE

NAME = f"{FIRST} {LAST}"
IN_URL = quote(EMAIL, safe="")
QUEUED = "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args) VALUES ('other', 'other', 'succeeded', %s)"


def merges(ann, make_lead, make_contact, lead) -> dict[str, list[int]]:
    """Two leads and three contacts are merged, and so is a third lead, which comes back by an undo. A fourth is in Trash."""
    first = make_lead(NAME, email="zq.first@quixmail.example", mobile=MOBILE, mobile_normal="+493090182077")
    second = make_lead(NAME, email="zq.second@quixmail.example", next_action=f"Visit {LAST}")
    third = make_lead(NAME, email="zq.third@quixmail.example")
    merge(ann, first.pk, [second.pk], email=second.pk)
    revert_operation(merge(ann, first.pk, [third.pk], email=third.pk).operation, by=ann)
    fourth = make_lead(NAME, email="zq.fourth@quixmail.example", phone=PHONE, phone_normal="+40722987654")
    carry_out(verbs.Delete(), Lead.objects.filter(pk=fourth.pk), by=ann)
    contacts = [
        make_contact(NAME, email=f"zq.contact{number}@quixmail.example", title=f"{LAST}’s own boss")
        for number in (1, 2)
    ]
    merge(ann, contacts[0].pk, [contacts[1].pk], table="contact")
    merge(ann, lead.client_contact_id, [contacts[0].pk], table="contact")
    return {
        "lead": [first.pk, second.pk, third.pk, fourth.pk],
        "contact": [one.pk for one in contacts],
    }


def duplicates(ann, make_lead, other) -> dict[str, list[int]]:
    """A scan finds him, and someone says that he isn't someone else."""
    same = make_lead(NAME, email="zq.first@quixmail.example")
    mark_as_different([("lead", same.pk), ("lead", other.pk)], by=ann)
    run_scan(lambda done, total: None)
    return {"lead": [same.pk]}


def programs(ann, connect, umbra, make_hook, listener, new_lead, sources) -> dict[str, list[int]]:
    """Each of the three APIs adds him once, finds him and changes him; a webhook is notified of it."""
    make_hook(url=listener.url)
    key = {"Idempotency-Key": NAME.encode("ascii", "ignore").decode()}
    old, program = connect(ann), umbra(ann)
    made = old.post("/api/leads", {**new_lead, "name": NAME, "email": EMAIL, "phonenumber": PHONE}, **key)
    old.get(f"/api/leads/search/{quote(LAST)}")
    old.put(f"/api/leads/{made['record_id']}", {"city": f"{LAST}ville"})
    sent = {"first_name": FIRST, "last_name": LAST, "email": EMAIL, "notes": f"{NAME} called"}
    program.post("/v1/crm/leads", sent, **key)
    # This dialect has no search, so it says so; the log of calls has the words anyway.
    program.get(f"/v1/crm/leads?search={quote(NAME)}", expect=422)
    sent = {"last_name": LAST, "first_name": FIRST, "email": EMAIL, "mobile": MOBILE}
    own = program.post(
        "/api/v2/leads", sent | {"source": sources.website.pk}, expect=201, **{"Idempotency-Key": "v2"}
    )
    program.patch(f"/api/v2/leads/{own['id']}", {"description": f"Ask for {FIRST}"})
    program.get(f"/api/v2/leads?q={quote(LAST)}")
    program.get(f"/api/v2/leads/{IN_URL}", expect=404)
    program.post(
        "/api/v2/calls", {"phone": MOBILE, "direction": "incoming", "seconds": 9, "text": NAME}, expect=201
    )
    for record in ProcrastinateJob.objects.filter(task_name="tell_of"):
        webhook_delivery.queue_deliveries_of_operation(**record.args)
    for delivery in WebhookDelivery.objects.all():
        webhook_delivery.deliver(delivery.pk)
    assert listener.heard
    delivery.problem = f"The host of {EMAIL} isn't known"
    delivery.save()
    return {"lead": list(Lead.objects.filter(email=EMAIL).values_list("pk", flat=True))}


def a_mailing(ann, make_mailbox, departments, imap, smtp, lead) -> None:
    """It is sent through a real mail server; he answers, and another one bounces."""
    mailbox = make_mailbox()
    with operation("test", by=None):
        MailingAccount.objects.create(mailbox=mailbox)
    for subject in ("Prices", "More prices"):
        with operation("test", by=None):
            mailing = Mailing.objects.create(
                subject=subject,
                text="Hello {first_name}, see https://ours.example/p",
                by=ann,
                of="lead",
                ids=[lead.pk],
                department=departments.sales,
                state="scheduled",
                sent_at=None,
            )
        queue_scheduled_mailings()
        send_mailing(mailing.pk)
    assert [letter["To"] for letter in smtp.arrived] == [lead.email] * 2
    first, second = (letter["Message-ID"].strip() for letter in smtp.arrived)
    imap.deliver(mailbox.address, an_email(mailbox, From=f"{FIRST} <{lead.email}>", In_Reply_To=first, Subject=f"Re: {LAST}",
                                           text=f"Yours, {NAME}, {PHONE}"))  # fmt: skip
    imap.deliver(mailbox.address, a_bounce(second, said=f"<{lead.email}> No such user"))
    read(mailbox)
    row = Delivery.objects.of_mailing(mailing).get()
    assert row.bounced_at
    link = MailingLink.objects.create(mailing=mailing, url=f"https://ours.example/?for={IN_URL}")
    Click.objects.create(delivery=row, link=link, at=timezone.now())


def left_a_list(make_list) -> MailingList:
    made = make_list()
    ListUnsubscribe.objects.create(list=made, email_key=EMAIL.lower())
    return made


def letters(browser, lead, other, bob) -> None:
    """An email to him that was written to a file, one to someone else with him in Cc, one that waits, and meetings to which he is
    invited, also with others."""
    write(browser, other, subject="Offer", text="Prices as agreed.", to="someone@ours.example", cc=EMAIL)
    write(browser, lead, subject=f"Offer for {LAST}", text=f"Dear {FIRST}", to="email")
    send_emails()
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(SendEmail(bob, lead.email, f"To {LAST}", f"Dear {NAME}", "<waits@ours.example>"), rows, by=bob)
    for of in (lead, other):
        plan(browser, of, invited=EMAIL, subject="Visit", place=f"At {PHONE}")
    send_invitations()
    for invitation in Invitation.objects.all():
        InvitationAnswer.objects.create(activity=invitation.activity, address=EMAIL.lower(), answer="accepted", sequence=0,
                                        stamp=timezone.now())  # fmt: skip
    assert InvitationAnswer.objects.count() == 2


def a_booking(visitor, host) -> dict[str, list[int]]:
    """He books a meeting through a page with the first web form, and is about to be reminded of it."""
    with operation("test", by=None):
        page = BookingPage.objects.create(
            name="Visit", slug="visit", form=WebForm.objects.first(), people=[host.pk]
        )
    shown = visitor.get(f"{page.path}?zone=UTC").text
    begins = re.search('name="at" value="([^"]+)"', shown)[1]
    sent = {
        "form_state": state_in(visitor.get(f"{page.path}/time?at={begins}&zone=UTC")),
        "at": begins,
        "zone": "UTC",
    }
    answer = visitor.post(
        f"{page.path}/time",
        sent | {"last_name": LAST, "email": "zq.books@quixmail.example", "description": NAME},
    )
    assert answer.status_code == 302
    booking = Booking.objects.get()
    BookingReminder.objects.create(booking=booking, ahead="day", at=booking.activity.at)
    return {"lead": [booking.activity.record]}


def drafts_of_emails(browser, lead, other) -> None:
    """One to the person, and one to someone else with their address."""
    typed = {"to": lead.email, "subject": f"To {LAST}", "text": f"Dear {NAME}"}
    browser.post(f"/admin/leads/{lead.pk}/email/draft", typed)
    browser.post(f"/admin/leads/{other.pk}/email/draft", {"cc": EMAIL, "text": f"Write to {EMAIL}."})


def between(lead, own, bob, make_company, make_field, make_deal) -> None:
    """Custom values, a deal, a company and an employment with his name."""
    texts = {
        of: make_field(f"Extra of {of}", of=of, is_unique=of == "lead").name
        for of in ("lead", "contact", "company", "deal")
    }
    for of, one in {"lead": own, "contact": lead.client_contact}.items():
        outcome = carry_out(
            verbs.Edit({texts[of]: f"{NAME}’s own"}), type(one).objects.filter(pk=one.pk), by=bob
        )
        assert outcome.changed
    company = make_company("Iron Forge SA", owner=bob, description=f"Ask {EMAIL}", phone=PHONE)
    deal = make_deal(f"Deal with {NAME}", contact=lead.client_contact, company=company, lead=lead)
    carry_out(verbs.Edit({texts["company"]: EMAIL}), type(company).objects.filter(pk=company.pk), by=bob)
    carry_out(verbs.Edit({texts["deal"]: PHONE}), Deal.objects.filter(pk=deal.pk), by=bob)
    with operation("test", by=None):
        other_deal = Deal.objects.create(
            name="Other", department=deal.department, status=Status.objects.of_deals().first()
        )
        DealContact.objects.create(deal=other_deal, contact=lead.client_contact, role=f"{LAST} decides")
        Employment.objects.create(contact=lead.client_contact, company=company, role=f"Heir of {LAST}")
        gone = Employment.objects.create(contact=lead.client_contact, company=company, role=f"Son of {LAST}")
    with operation("test", by=None):
        gone.delete()


def texts_of_colleagues(ann, ada, bob, other, departments) -> None:
    """Filters, reports, rules, jobs and notes in which someone wrote his name, email or phone."""
    query = f"email={IN_URL}"
    report = Report.objects.create(owner=ann, name=f"About {EMAIL}", query=query)
    Pin.objects.create(user=ann, shipped="funnel", query=query)
    dashboard = Dashboard.objects.create(owner=ann, name=f"About {EMAIL}")
    DashboardPart.objects.create(dashboard=dashboard, shipped="funnel", query=query)
    ReportSchedule.objects.create(
        user=ann,
        report=report,
        title=report.name,
        query=query,
        every="daily",
        hour=8,
        zone="UTC",
        next_at=timezone.now(),
    )
    KeptNumbers.objects.create(digest="of a question", rows=[])
    freeze_set(ann, "lead", [other.pk], query)
    with operation("test", by=None):
        StopWord.objects.create(text=EMAIL)
        AssignmentRule.objects.create(
            name=f"Rule for {EMAIL}", conditions=query, department=departments.sales
        )
        ScoreRule.objects.create(name=f"Points for {EMAIL}", conditions=f"email.is={IN_URL}", points=10)
        write_score_state()
        steps = [{"action": "add_note", "values": {"text": f"As {EMAIL} asked"}}]
        Automation.objects.create(
            name=f"Answer {EMAIL}", table_of="lead", owner=ann, conditions=query, steps=steps
        )
    Job.objects.create(
        kind="bulk", user=ann, arguments={"query": query}, state="failed", problem=f"{EMAIL} is unknown"
    )
    with connection.cursor() as cursor:
        cursor.execute(QUEUED, [json.dumps({"to": EMAIL})])
    rows = Lead.objects.filter(pk=other.pk)
    carry_out(AddActivity(by=bob, text=f"@Ann, {EMAIL} asked about her"), rows, by=bob)
    carry_out(
        AddActivity(by=bob, type=Activity.Type.CALL, text=f"From {PHONE}", outcome="reached"), rows, by=bob
    )
    carry_out(verbs.Edit({"description": f"Friend of {EMAIL}"}), rows, by=bob)
    carry_out(verbs.Edit({"description": "A friend"}), rows, by=bob)


def an_automation(ann, lead) -> None:
    """It acted on him, and its log says so."""
    with operation("test", by=None) as waking:
        automation = Automation.objects.create(name="Welcome", table_of="lead", owner=ann)
    AutomationRun.objects.create(automation=automation, waking=waking.pk, record=lead.pk, outcome="acted")


def a_sequence(ann, lead, other) -> None:
    """He is in one, with an email that was edited for him, and with one that was edited and is written from the template again.
    `other` is in it too, with an email that names him."""
    steps = [SequenceStep("one", "call", title=f"Call {EMAIL}").as_json]
    with operation("test", by=ann) as started:
        sequence = Sequence.objects.create(name=f"After {EMAIL}", table_of="lead", steps=steps)
        values = {"sequence": sequence, "table_of": "lead", "author": ann, "started": started.pk}
        enrollment = Enrollment.objects.create(record=lead.pk, email_key=EMAIL.lower(), **values)
        hers = Enrollment.objects.create(record=other.pk, email_key="ana@stranger.example", **values)
    with operation("test", by=ann):
        EditedEmail.objects.create(enrollment=hers, key="two", subject="Hello", text=f"As {EMAIL} wrote")
    for key in ("two", "three"):
        with operation("test", by=ann):
            kept = EditedEmail.objects.create(
                enrollment=enrollment, key=key, subject=f"For {NAME}", text=f"Dear {LAST}, {PHONE}"
            )
    with operation("test", by=ann):
        kept.delete()


def a_file_in_a_field(lead, make_field, ann) -> None:
    """His contract."""
    field = make_field("Contract", "file")
    with store_uploads([SimpleUploadedFile(f"{LAST}.txt", f"Contract of {NAME}, {EMAIL}".encode())]) as (
        kept,
    ):
        carry_out(KINDS["lead"].edit({field.name: kept}), Lead.objects.filter(pk=lead.pk), by=ann)


def an_import_that_waits(browser) -> None:
    """A file with him that was read and isn't applied yet."""
    rows = [["Email", "Last name", "Phone"], [EMAIL, LAST, PHONE], ["p@x.example", "Pop", ""]]
    imported = upload(browser, rows, name=f"{LAST} of the fair.xlsx")
    choose(browser, imported, "columns")


def webhooks_of_others(make_webhook, deliver) -> dict[str, list[int]]:
    """An incoming webhook that adds him, and one that can't."""
    webhook = make_webhook(mapping={"name": "last_name", "mail": "email"})
    assert deliver(webhook, {"name": LAST, "mail": EMAIL}).status_code == 200
    deliver(webhook, {"nothing": f"{NAME} {EMAIL}"})
    return {"lead": list(Lead.objects.filter(email=EMAIL).values_list("pk", flat=True))}
