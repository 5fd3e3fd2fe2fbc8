"""What the deals of a lead decide when it is converted, and which deals are added."""

from typing import Any, NamedTuple

import pytest
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import User
from crm.records.history.verb_execution import operation
from customers.conversion.conversion_plan import NEW, SEVERAL_COMPANIES, ConversionPlan
from customers.conversion.lead_deals import add_deal_links, build_deal_values, link_deals
from customers.models import ConversionRules, Deal
from leads.models import Lead
from tests.customers.conftest import make_deal

__all__ = ["make_deal"]
RIGHTS = ("accounts.see_own", "customers.view_company", "customers.view_contact", "customers.add_deal")


class Case(NamedTuple):
    """The deals of a lead, the oldest first, each with the names of its company and its contact. `company` and `contact` are
    those of the plan then; without them it is as before."""

    deals: tuple[tuple[str, str], ...]
    company: str = ""
    contact: str = ""
    problem: str = ""
    still: str = ""
    rights: tuple[str, ...] = RIGHTS


CASES = {
    "no deal": Case(()),
    "a deal with both": Case((("acme", "ana"),), "acme", "ana"),
    "a deal with a company": Case((("acme", ""),), "acme"),
    "a deal with a contact": Case((("", "ana"),), contact="ana"),
    "a deal with neither": Case((("", ""),)),
    "the oldest of two deals counts": Case((("acme", "ana"), ("beta", "bea")), "acme", "ana"),
    "the oldest counts, even with a company only": Case((("acme", ""), ("beta", "bea")), "acme"),
    "a company that the user doesn't see": Case((("hidden", "ana"),), contact="ana"),
    "a contact that the user doesn't see": Case((("acme", "hidden person"),), "acme"),
    "a company in Trash": Case((("deleted", "ana"),), contact="ana"),
    "the user may not see companies": Case((("acme", "ana"),), contact="ana", rights=(RIGHTS[0], RIGHTS[2])),
    "the user may not see contacts": Case((("acme", "ana"),), "acme", rights=RIGHTS[:2]),
    "a deal with both makes an ambiguous lead clear": Case((("acme", "ana"),), "acme", "ana", SEVERAL_COMPANIES),
    "a deal with a company only doesn't": Case(
        (("acme", ""),), "acme", problem=SEVERAL_COMPANIES, still=SEVERAL_COMPANIES
    ),
}  # fmt: skip


@pytest.fixture
def world(cast, departments, make_company, make_contact):
    away = {"owner": cast.dan, "department": departments.export}
    return {
        "acme": make_company("Acme", owner=cast.bob),
        "beta": make_company("Beta", owner=cast.bob),
        "hidden": make_company("Hidden", **away),
        "deleted": make_company("Gone", owner=cast.bob, deleted_at=timezone.now()),
        "ana": make_contact("Ana Pop", owner=cast.bob),
        "bea": make_contact("Bea Rus", owner=cast.bob),
        "hidden person": make_contact("Dan Ilie", **away),
    }


def with_rights(user: User, rights: tuple[str, ...]) -> User:
    vars(user).update(granted_permissions={*rights}, held_roles=[])
    return user


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_deals_of_a_lead_decide(case, cast, world, make_lead, make_deal):
    bob = with_rights(cast.bob, case.rights)
    lead, other = make_lead("Ana Pop", owner=bob), make_lead("Bea Rus", owner=bob)
    make_deal(company=world["beta"], contact=world["bea"])
    for company, contact in case.deals:
        make_deal(lead=lead, company=world.get(company), contact=world.get(contact))
    plans = {lead.pk: ConversionPlan(NEW, NEW, case.problem), other.pk: ConversionPlan(NEW, NEW)}
    found = add_deal_links(plans, [lead, other], bob)
    company, contact = (world[name].pk if name else NEW for name in (case.company, case.contact))
    assert found == {
        lead.pk: ConversionPlan(company, contact, case.still),
        other.pk: ConversionPlan(NEW, NEW),
    }


ADDED = {
    "the rules ask for a deal": (True, RIGHTS, False, "Acme"),
    "a lead without a company gives its own name": (True, RIGHTS, False, "Ana Pop"),
    "the rules don't ask for one": (False, RIGHTS, False, ""),
    "the user may not add deals": (True, RIGHTS[:3], False, ""),
    "the lead has a deal": (True, RIGHTS, True, ""),
}


@pytest.mark.parametrize("case", ADDED.values(), ids=ADDED)
def test_whether_a_conversion_adds_a_deal(case, cast, make_lead, make_deal):
    asks, rights, has_one, name = case
    with operation("test", by=None):
        rules = ConversionRules.get_current()
        rules.makes_deal = asks
        rules.save()
    bob = with_rights(cast.bob, rights)
    lead = make_lead("Ana Pop", owner=bob, company="" if name == "Ana Pop" else "Acme")
    if has_one:
        make_deal(lead=lead)
    (plan,) = add_deal_links({lead.pk: ConversionPlan(NEW, NEW)}, [lead], bob).values()
    assert plan == ConversionPlan(NEW, NEW, deal_name=name)


def test_a_new_deal_has_what_its_lead_has(cast, world, make_lead, monkeypatch):
    lead = make_lead("Ana Pop", owner=cast.bob, value=10, currency="RON", shared=True)
    without = make_lead("Bea Rus", owner=cast.bob)
    links = {lead.pk: (world["acme"].pk, world["ana"].pk), without.pk: (None, None)}
    (found,) = build_deal_values([lead, without], {lead.pk: "Acme", without.pk: ""}, links)
    told: dict[str, Any] = {name: found[name] for name in ("name", "company_id", "contact_id", "lead_id")}
    assert told == {
        "name": "Acme",
        "company_id": world["acme"].pk,
        "contact_id": world["ana"].pk,
        "lead_id": lead.pk,
    }
    assert (found["value"], found["currency"], found["shared"]) == (10, "RON", True)
    assert found["status"].pipeline.purpose == "deals"
    monkeypatch.setattr("customers.conversion.lead_deals.get_first_status", lambda department, purpose: None)
    # Without a stage that takes new deals, there is none.
    assert build_deal_values([lead], {lead.pk: "Acme"}, links) == []


class Linked(NamedTuple):
    """The company and the contact of a deal, those that its lead became, and those of the deal then."""

    deal: tuple[str, str]
    lead: tuple[str, str]
    after: tuple[str, str]


BOTH = ("acme", "ana")
LINKED = {
    "a deal with neither gets both": Linked(("", ""), BOTH, BOTH),
    "a deal with a contact but no company gets the company": Linked(("", "bea"), BOTH, ("acme", "bea")),
    "a deal with a company but no contact gets the contact": Linked(("beta", ""), BOTH, ("beta", "ana")),
    "a deal with both keeps them": Linked(("beta", "bea"), BOTH, ("beta", "bea")),
    "a lead that became only a company": Linked(("", ""), ("acme", ""), ("acme", "")),
    "a lead that became only a contact": Linked(("", ""), ("", "ana"), ("", "ana")),
    "a lead that became only a company, and a deal that has one": Linked(
        ("beta", ""), ("acme", ""), ("beta", "")
    ),
    "a lead that became only a contact, and a deal that has one": Linked(
        ("", "bea"), ("", "ana"), ("", "bea")
    ),
}


@pytest.mark.parametrize("case", LINKED.values(), ids=LINKED)
def test_what_the_deals_of_a_converted_lead_get(case, cast, world, make_lead, make_deal):
    leads = [make_lead("Ana Pop", owner=cast.bob), make_lead("Bea Rus", owner=cast.bob)]
    company, contact = (world.get(name) for name in case.deal)
    of = {"company": company, "contact": contact}
    deal, deleted, other = (
        make_deal(lead=lead, deleted_at=at, **of)
        for lead, at in ((leads[0], None), (leads[0], timezone.now()), (leads[1], None))
    )
    with operation("test", by=None):
        client, client_contact = (world.get(name) for name in case.lead)
        Lead.objects.filter(pk__in=[lead.pk for lead in leads]).update(
            client=client, client_contact=client_contact
        )
        places = dict(Deal.objects.annotate(place=RawSQL("ctid::text", [])).values_list("pk", "place"))
        link_deals([leads[0].pk])
    names = {record: name for name, record in world.items()} | {None: ""}
    found = {
        row.pk: ((names[row.company], names[row.contact]), row.place == places[row.pk])
        for row in Deal.objects.annotate(place=RawSQL("ctid::text", []))
    }
    # Only a deal that gets something is written at all.
    assert found == {
        deal.pk: (case.after, case.after == case.deal),
        deleted.pk: (case.deal, True),
        other.pk: (case.deal, True),
    }
