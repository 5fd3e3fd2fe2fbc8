"""For which deals a lead is added, by whom, and what is known of it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from crm.records.history.verb_execution import operation
from customers.deals.verbs import Add, build_lead_details, needs_lead
from customers.models import Deal
from leads.models import Lead, Status

pytestmark = pytest.mark.django_db

# What the deal has, and whether it needs a lead.
NEEDS = {
    "nothing": ({}, True),
    "a company": ({"company": 1}, True),
    "a contact": ({"contact_id": 2}, True),
    "both": ({"company": 1, "contact": 2}, False),
    "both by number": ({"company_id": 1, "contact_id": 2}, False),
    "a lead": ({"lead": 3}, False),
    "a lead and a company": ({"lead_id": 3, "company": 1}, False),
    "no company": ({"company": None, "company_id": None, "contact": 2}, True),
}


@pytest.mark.parametrize(("row", "needs"), NEEDS.values(), ids=NEEDS)
def test_whether_a_deal_needs_a_lead(row, needs):
    assert needs_lead(row) is needs


@pytest.fixture
def build(departments, make_company, make_contact):
    """build("company contact", name="Machines"): the values of a new deal with these."""

    def made(parts: str = "", **values: Any) -> dict[str, Any]:
        row = {"name": "Machines", "department": departments.sales, **values}
        if "company" in parts:
            row["company"] = make_company("Omnia")
        if "contact" in parts:
            row["contact"] = make_contact("Ana Albu", email="ana@a.example")
        return row

    return made


def test_what_is_known_of_the_lead_of_a_deal(build, ann):
    found = build_lead_details(build())
    assert (found["company"], "owner" in found, "first_name" in found) == ("Machines", False, False)
    found = build_lead_details(build("company", owner=ann, value=5))
    assert (found["company"], found["owner"], found["value"]) == ("Omnia", ann, 5)
    found = build_lead_details(build("contact"))
    assert (found["company"], found["first_name"], found["email"]) == ("", "Ana", "ana@a.example")
    assert found["status"].is_default


# The permissions of who adds it, what it has, whether leads need more, and whether a lead is added.
ADDED = {
    "someone who may add leads": ("add_deal add_lead", "", "", True),
    "with a company and a contact": ("add_deal add_lead", "company contact", "", False),
    "with a company": ("add_deal add_lead", "company", "", True),
    "someone who may not add leads": ("add_deal", "", "", False),
    "new leads need an email": ("add_deal add_lead", "", "email", False),
    "new leads need an email, which the contact has": ("add_deal add_lead", "contact", "email", True),
}


@pytest.mark.parametrize(("rights", "parts", "required", "adds"), ADDED.values(), ids=ADDED)
def test_for_which_deals_a_lead_is_added(rights, parts, required, adds, build, bob, statuses):
    role = bob.groups.get()
    role.permissions.set(Permission.objects.filter(codename__in=rights.split()))
    user = User.objects.with_rights().get(pk=bob.pk)
    if required:
        with operation("test", by=None):
            Status.objects.filter(pk=statuses.new.pk).update(required_fields=[required])
    stage = Status.objects.of_deals().filter(retired=False).order_by("position").first()
    row = build(parts, status=stage)
    with operation("test", by=user):
        (deal,) = Add(Deal, [row]).write_records(user)
    deal.refresh_from_db()
    assert Lead.objects.count() == int(adds)
    assert deal.lead == (Lead.objects.get() if adds else None)
