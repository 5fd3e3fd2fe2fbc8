"""Many leads with repeated and empty values, and some of several owners, departments and statuses."""

import random
from itertools import product

import pytest

from crm.records.history.verb_execution import operation
from leads.models import Lead
from mailings.models import Mailing
from tests.crm.records.listing.pages import PEOPLE


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
