"""Two pipelines and a lead with all its fields, for the tests that need them."""

from datetime import date

import pytest
from django.utils import timezone

from crm.records.change import operation
from leads.models import Pipeline, Status


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
