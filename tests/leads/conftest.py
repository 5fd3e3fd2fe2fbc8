"""Two pipelines, changed built-in fields, a lead with all its fields, and many leads, for the tests that need them."""

import random
from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone

from crm.models import BuiltInField, Change, Operation, Task
from crm.records.history.verb_execution import carry_out, operation
from crm.transfer.exports import export_response
from crm.work.tasks.verbs import AddTask
from leads.models import Lead, Pipeline, Status
from leads.verbs import SetVip
from mailings.models import Mailing
from tests.leads.listings import PEOPLE


@pytest.fixture
def sales(statuses):
    return statuses.new.pipeline


@pytest.fixture
def renewals(sales):
    """A second pipeline with the statuses New, Talking (contacted), Renewed (won), Gone (lost)."""
    with operation("test", by=None):
        pipeline = Pipeline.objects.create(name="Renewals", position=1)
        rows = [("New", "new"), ("Talking", "contacted"), ("Renewed", "won"), ("Gone", "lost")]
        Status.objects.bulk_create(
            Status(pipeline=pipeline, name=name, kind=kind, position=place, is_default=place == 0)
            for place, (name, kind) in enumerate(rows)
        )
    return pipeline


@pytest.fixture
def full_lead(ann, bob, make_lead, make_tag, statuses, reasons):
    tags = [make_tag(name).pk for name in ("hot", 'fair, "big"')]
    return make_lead(
        "Ștefan Țepeș",
        company="=1+1",
        email="stefan@example.com",
        phone="0040 721 000 111",
        zip="007100",
        country="RO",
        value="1234.50",
        currency="RON",
        owner=bob,
        tags=sorted(tags),
        vip=True,
        status="lost",
        lost_reason=reasons.budget,
        lost_remark="Too dear",
        next_action="Call",
        next_action_on=date(2026, 12, 24),
        description="first line\nsecond line",
        created_at=timezone.make_aware(timezone.datetime(2026, 11, 2, 9, 30)),
    )


@pytest.fixture
def many(cast, departments, lead_of, make_tag, statuses, sources, reasons):
    """Sixty leads with repeated and empty values in every column."""
    chance = random.Random(4)
    tag = make_tag("hot")
    made = []
    for number in range(60):
        owner = chance.choice([None, cast.bob, cast.ben, cast.dan])
        department = departments.export if owner == cast.dan or chance.random() < 0.2 else departments.sales
        status = chance.choice([statuses.new, statuses.contacted, statuses.lost, statuses.won])
        made.append(
            lead_of(
                f"{chance.choice(PEOPLE)} {chance.choice(PEOPLE)}",
                company=chance.choice(["", "Ölwerk", "Zeta", "alpha"]),
                email=chance.choice(["", f"x{number}@example.com", "same@example.com"]),
                second_email=chance.choice(["", "o@example.com"]),
                phone_normal=chance.choice(["", f"+4072212345{number % 7}"]),
                mobile_normal=chance.choice(["", "+40722123451"]),
                title=chance.choice(["", "CEO", "Buyer"]),
                city=chance.choice(["", "Iași", "Cluj"]),
                state=chance.choice(["", "IS"]),
                address=chance.choice(["", "Str. Lungă 3"]),
                zip=chance.choice(["", "00123", "99"]),
                website=chance.choice(["", "https://a.example"]),
                language=chance.choice(["", "ro", "de"]),
                country=chance.choice(["", "RO", "DE", "AT"]),
                value=chance.choice([None, 5, 70, 70]),
                tags=chance.choice([[], [tag.pk]]),
                vip=chance.random() < 0.3,
                shared=chance.random() < 0.1,
                status=status,
                lost_reason=chance.choice([reasons.budget, reasons.timing])
                if status == statuses.lost
                else None,
                source=chance.choice([sources.event, sources.website, sources.other]),
                owner=owner,
                department=department,
                next_action_on=chance.choice([None, "2026-01-05", "2026-02-01"]),
                last_contacted_at=chance.choice([None, "2026-01-05T10:00Z"]),
                created_at=f"2026-03-{1 + number % 20:02}T10:00Z",
            )
        )
    with operation("test", by=None):
        Lead.objects.bulk_create(made)
    with operation("test", by=None):
        mailing = Mailing.objects.create(subject="Hello", by=cast.ann)
    for lead in Lead.objects.all()[:20]:
        mailing.deliveries.create(record=lead.pk, at="2026-04-01T10:00Z", state="sent")
    return Lead.objects.count()


@pytest.fixture
def leads(cast, departments, make_lead, statuses):
    """Of several owners, in two departments and statuses, some of them shared."""
    owners = [cast.ann, cast.bob, cast.ben, cast.dan, None]
    places = [departments.sales, departments.export]
    for number, (owner, place, status) in enumerate(product(owners, places, ["new", "contacted"])):
        make_lead(
            f"Ana {number}",
            owner=owner,
            department=place,
            status=status,
            vip=number % 3 == 0,
            shared=number % 7 == 0,
            country=["RO", "DE", ""][number % 3],
            company=["Alfa", "", "Beta"][number % 3],
        )


@pytest.fixture
def change(db):
    """change("company", label="School", of="lead"): what an administrator changed of a built-in field."""

    def made(name: str, *, of: str = "lead", **values) -> BuiltInField:
        with operation("test", by=None):
            return BuiltInField.objects.create(table_of=of, name=name, **values)

    return made


@pytest.fixture
def plan(bob):
    """plan(lead, "Call back", due_on=…) adds a task for Bob."""

    def planned(lead, title: str = "Call back", **values) -> Task:
        carry_out(
            AddTask(bob, {"title": title, "user": bob, **values}), Lead.objects.filter(pk=lead.pk), by=bob
        )
        return Task.objects.latest("pk")

    return planned


@pytest.fixture
def acted_on(ann):
    """acted_on(lead, verb) is a change by Ann, or another user, so many minutes ago."""

    def act(lead, verb=None, *, by=ann, minutes: float = 0) -> None:
        verb = verb or SetVip(not Lead.objects.get(pk=lead.pk).vip)
        record = carry_out(verb, Lead.objects.filter(pk=lead.pk), by=by).operation
        at = timezone.now() - timedelta(minutes=minutes)
        Operation.objects.filter(pk=record.pk).update(at=at)
        Change.objects.filter(operation=record).update(at=at)

    return act


@pytest.fixture
def old_lead(make_lead, bob):
    """A lead of Bob, if no one else is named, that is older than what the page tells."""

    def made(name: str = "Jan Novák", **values) -> Lead:
        lead = make_lead(name, **{"owner": bob, **values})
        long_ago = timezone.now() - timedelta(days=9)
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(created_at=long_ago, assigned_at=long_ago)
        changes = Change.objects.filter(table="lead", row=lead.pk)
        Operation.objects.filter(pk__in=changes.values("operation")).update(at=long_ago)
        changes.update(at=long_ago)
        return lead

    return made


@pytest.fixture
def impatient(monkeypatch):
    """No user waits for a file."""
    monkeypatch.setattr(export_response, "PATIENCE", 0.0)


@pytest.fixture
def three(make_lead):
    return [make_lead(f"Jan N{number}") for number in range(3)]
