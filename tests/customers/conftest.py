"""Records for the tests of customers: deals, requests, and a company with a contact."""

from decimal import Decimal

import pytest

from crm.records.history.verb_execution import carry_out, operation
from customers.deal_contacts.verbs import AddDealContact
from customers.models import Deal, DealContact, Request

TEXT = "Hello,\n\nwe need 200 units."


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
def make_request(departments):
    """make_request("Offer", email="ana@omnia.example", …) without an owner in the department Sales, as an operation."""

    def make(subject: str = "Offer for 200 units", **values) -> Request:
        with operation("test", by=None):
            return Request.objects.create(subject=subject, **{"department": departments.sales, **values})

    return make


@pytest.fixture
def omnia(make_company, bob):
    return make_company("Omnia", domain="omnia.example", owner=bob)


@pytest.fixture
def deal(make_deal, omnia, bob):
    return make_deal("200 licenses", company=omnia, owner=bob, value=Decimal(12000))


@pytest.fixture
def ana(make_contact, omnia, bob):
    return make_contact("Ana Albu", company=omnia, owner=bob, email="ana@omnia.example")


@pytest.fixture
def vera(make_contact, bob):
    return make_contact("Vera Voda", owner=bob)


@pytest.fixture
def taking_part(deal, vera, ann):
    """Vera takes part in the deal, as Ann has said."""
    values = {"contact": vera, "role": "Decision maker"}
    carry_out(AddDealContact(ann, values), Deal.objects.filter(pk=deal.pk), by=ann)
    return DealContact.objects.get()


@pytest.fixture
def inquiry(make_request):
    return make_request(
        "Offer",
        text=TEXT,
        channel="email",
        first_name="Ana",
        last_name="Albu",
        company_name="Omnia",
        email="ana@omnia.example",
        phone="0722 123 456",
        phone_normal="+40722123456",
        website="omnia.example",
        country="RO",
    )
