"""A lead with all its fields, three leads, and users who wait for no file."""

from datetime import date

import pytest
from django.utils import timezone

from crm.transfer.exports import export_response


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
def impatient(monkeypatch):
    """No user waits for a file."""
    monkeypatch.setattr(export_response, "PATIENCE", 0.0)


@pytest.fixture
def three(make_lead):
    return [make_lead(f"Jan N{number}") for number in range(3)]
