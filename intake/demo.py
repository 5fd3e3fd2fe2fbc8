"""The web form and the incoming webhook of the demo company, and what came by them in the last weeks.

The submissions and calls are those of leads of the demo, so nothing is sent and no further leads are added.
"""

import json
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from accounts.models import Department
from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart
from crm.records.history.verb_execution import operation
from intake.forms.questions import FormQuestion
from intake.models import FormView, IncomingCall, IncomingWebhook, Submission, WebForm
from leads.models import Lead, Source

WEEKS = timedelta(weeks=8)
SUBMISSIONS, CALLS = 20, 8
QUESTIONS = [
    FormQuestion("first_name"),
    FormQuestion("last_name", required=True),
    FormQuestion("company"),
    FormQuestion("email", required=True),
    FormQuestion("phone"),
    FormQuestion("description", label="How can we help?"),
]
CAMPAIGNS = [
    {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "cold-chain"},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "autumn"},
    {},
]
# What the ads program calls the fields of a lead.
MAPPING = {"full_name": "last_name", "email": "email", "phone_number": "phone", "company_name": "company"}


def add_web_form(total: int, say: Say) -> None:
    """Once: a company that has web forms keeps them."""
    if not WebForm.objects.exists():
        source = Source.objects.get(key="website")
        leads = _choose_leads(source, SUBMISSIONS)
        form = WebForm(
            name="Talk to our experts",
            slug="talk-to-us",
            intro="Tell us what has to stay cold. We call you back within one working day.",
            thanks="Thank you. We call you back within one working day.",
            source=source,
            department=Department.objects.get(name="Sales Romania"),
            task="Call back",
            questions=[question.as_json() for question in QUESTIONS],
        )
        with operation("install", by=None, channel=Operation.Channel.SYSTEM):
            form.save()
        Submission.objects.bulk_create(
            [*_build_submissions(form, leads), _build_quarantined_submission(form)]
        )
        _add_views(form)


def _choose_leads(source: Source, number: int) -> list[Lead]:
    """Leads with an email and a phone, spread over the last weeks, the oldest first."""
    rows = Lead.objects.present().filter(source=source, created_at__gt=timezone.now() - WEEKS)
    rows = rows.exclude(email="").exclude(phone="").exclude(last_name="")
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    step = max(1, len(found) // number)
    return list(Lead.objects.filter(pk__in=found[::-step][:number]).order_by("pk"))


def _build_submissions(form: WebForm, leads: list[Lead]) -> Iterator[Submission]:
    for place, lead in enumerate(leads):
        texts = {question.field: str(getattr(lead, question.field)) for question in QUESTIONS}
        campaign = CAMPAIGNS[place % len(CAMPAIGNS)]
        yield Submission(
            form=form,
            at=lead.created_at,
            state=Submission.State.LEAD,
            values={name: [text] for name, text in texts.items()},
            first_touch=campaign,
            last_touch=campaign,
            email=lead.email.lower(),
            nonce=f"demo {place}",
            lead=lead,
        )


def _build_quarantined_submission(form: WebForm) -> Submission:
    return Submission(
        form=form,
        at=timezone.now() - timedelta(days=3),
        state=Submission.State.QUARANTINED,
        reasons=["trap"],
        values={
            "last_name": ["Best Rankings"],
            "email": ["offer@rankings.example"],
            "description": ["We bring your site to the first page!"],
        },
        email="offer@rankings.example",
        nonce="demo spam",
    )


def _add_views(form: WebForm) -> None:
    today = timezone.localdate()
    FormView.objects.bulk_create(
        FormView(form=form, day=today - timedelta(days=ago), number=3 + ago * 7 % 11)
        for ago in range(WEEKS.days)
    )


def add_incoming_webhook(total: int, say: Say) -> None:
    """Once. Its secret was never shown to anyone; an administrator can replace it."""
    if not IncomingWebhook.objects.exists():
        source = Source.objects.get(key="paid_ads")
        webhook = IncomingWebhook(
            name="Ads for the cold chain",
            public_id="demoleadads",
            department=Department.objects.get(name="Sales Europe"),
            source=source,
            mapping=MAPPING,
        )
        webhook.set_new_secret()
        with operation("install", by=None, channel=Operation.Channel.SYSTEM):
            webhook.save()
        leads = _choose_leads(source, CALLS)
        IncomingCall.objects.bulk_create(_build_calls(webhook, leads))


def _build_calls(webhook: IncomingWebhook, leads: list[Lead]) -> Iterator[IncomingCall]:
    for place, lead in enumerate(leads):
        body = {
            "full_name": lead.full_name,
            "email": lead.email,
            "phone_number": lead.phone,
            "company_name": lead.company,
            "campaign": "Cold chain",
        }
        yield IncomingCall(
            webhook=webhook,
            at=lead.created_at,
            headers={"content-type": "application/json", "user-agent": "LeadAds/2"},
            content_type="application/json",
            body=json.dumps(body, ensure_ascii=False),
            delivery=f"demo-{place}",
            state=IncomingCall.State.ADDED,
            of=Lead.table,
            record=lead.pk,
        )


PARTS = [DemoPart(grow=add_web_form), DemoPart(grow=add_incoming_webhook)]
