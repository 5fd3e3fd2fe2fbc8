"""Deals, and what they are linked to."""

from decimal import Decimal

import pytest

from crm.records.change import operation
from customers.models import Deal


@pytest.fixture
def make_deal(departments, statuses):
    """make_deal("200 licenses", owner=bob, company=…, status=statuses.negotiation), in the same way."""

    def make(name: str = "200 licenses", **values) -> Deal:
        values = {"department": departments.sales, "status": statuses.qualification, **values}
        with operation("test", by=None):
            deal = Deal.objects.create(name=name, **values)
        deal.refresh_from_db()
        return deal

    return make


@pytest.fixture
def omnia(make_company, bob):
    return make_company("Omnia", domain="omnia.example", owner=bob)


@pytest.fixture
def deal(make_deal, omnia, bob):
    return make_deal("200 licenses", company=omnia, owner=bob, value=Decimal(12000))
