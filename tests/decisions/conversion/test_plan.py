"""Which company and which contact a lead becomes part of when it is converted."""

from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.conversion import conversion_plan as planning
from customers.conversion.conversion_plan import (
    MATCH_GONE,
    NEW,
    NONE,
    SEVERAL_COMPANIES,
    SEVERAL_CONTACTS,
    ConversionPlan,
    _build_plan,
    check_chosen_records,
)
from customers.conversion.new_companies import get_company_keys, get_first_domain, get_first_leads
from customers.record_matching import (
    COMPANY_NAME,
    DOMAIN,
    EMAIL,
    LINKED,
    NAME,
    PHONE,
    rank_reasons,
    sort_reasons,
)
from leads.models import Lead

ACME, BETA = 1, 2
ANA, BEA = 11, 12
PERSON = {"last_name": "Pop"}
FIRM = {"company": "Acme"}


class Case(NamedTuple):
    """A lead with these fields, the companies and contacts that may be meant and why, and where those contacts work."""

    company: int | str
    contact: int | str
    lead: dict[str, str] = PERSON | FIRM
    companies: dict[int, set[str]] = {}
    contacts: dict[int, set[str]] = {}
    work_at: dict[int, int] = {}
    linked: int | None = None


COMPANIES = {
    "no one knows the company": Case(NEW, NEW),
    "a lead without a company": Case(NONE, NEW, PERSON),
    "a lead with a company only": Case(NEW, NONE, FIRM),
    "a lead with nothing but a phone": Case(NONE, NEW, {"phone": "0722"}),
    "a person with an email only": Case(NEW, NEW, FIRM | {"email": "a@b.example"}),
    "a person with a second email only": Case(NEW, NEW, FIRM | {"second_email": "a@b.example"}),
    "a person with a mobile only": Case(NEW, NEW, FIRM | {"mobile": "0722"}),
    "the phone of a company is no person": Case(NEW, NONE, FIRM | {"phone": "0722"}),
    "one company has the domain": Case(ACME, NEW, companies={ACME: {DOMAIN}}),
    "one company has the name": Case(ACME, NEW, companies={ACME: {COMPANY_NAME}}),
    "one has the domain, another one the name": Case(
        ACME, NEW, companies={BETA: {COMPANY_NAME}, ACME: {DOMAIN}}
    ),
    "one has the domain, another one the phone": Case(
        ACME, NEW, PERSON, companies={BETA: {PHONE}, ACME: {DOMAIN}}
    ),
    "one has the name, another one the phone": Case(
        ACME, NEW, companies={BETA: {PHONE}, ACME: {COMPANY_NAME}}
    ),
    "of two sisters with the domain, the name decides": Case(
        BETA, NEW, companies={ACME: {DOMAIN}, BETA: {DOMAIN, COMPANY_NAME}}
    ),
    "two sisters with the domain, of which none has the name": Case(
        SEVERAL_COMPANIES, "", companies={ACME: {DOMAIN}, BETA: {DOMAIN}}
    ),
    "two sisters with the domain and the name": Case(
        SEVERAL_COMPANIES, "", companies={ACME: {DOMAIN, COMPANY_NAME}, BETA: {DOMAIN, COMPANY_NAME}}
    ),
    "two companies with the name": Case(
        SEVERAL_COMPANIES, "", companies={ACME: {COMPANY_NAME}, BETA: {COMPANY_NAME}}
    ),
    "a company with the phone, for a lead without a company": Case(ACME, NEW, PERSON, {ACME: {PHONE}}),
    "a company with the phone, for a lead with another company": Case(NEW, NEW, companies={ACME: {PHONE}}),
    "two companies with the phone": Case(SEVERAL_COMPANIES, "", PERSON, {ACME: {PHONE}, BETA: {PHONE}}),
    "the company that an import linked": Case(BETA, NEW, companies={ACME: {DOMAIN}}, linked=BETA),
    "the linked company settles it": Case(
        BETA, NEW, companies={ACME: {DOMAIN}, BETA: {DOMAIN}}, linked=BETA
    ),
    "the company of the person with the email": Case(
        ACME, ANA, contacts={ANA: {EMAIL}}, work_at={ANA: ACME}
    ),
    "the company of two people who share the email": Case(
        ACME, SEVERAL_CONTACTS, contacts={ANA: {EMAIL}, BEA: {EMAIL}}, work_at={ANA: ACME, BEA: ACME}
    ),
    "people at two companies who share the email": Case(
        NEW, SEVERAL_CONTACTS, contacts={ANA: {EMAIL}, BEA: {EMAIL}}, work_at={ANA: ACME, BEA: BETA}
    ),
    "a person with the email who works nowhere": Case(NEW, ANA, contacts={ANA: {EMAIL}}),
    "a person with the same name doesn't say which company": Case(
        NEW, NEW, contacts={ANA: {NAME}}, work_at={ANA: ACME}
    ),
    "a company that was recognized comes before that of the person": Case(
        BETA, ANA, companies={BETA: {COMPANY_NAME}}, contacts={ANA: {EMAIL}}, work_at={ANA: ACME}
    ),
}  # fmt: skip
AT_ACME: dict[str, Any] = {"companies": {ACME: {DOMAIN}}}
CONTACTS = {
    "one person has the email": Case(ACME, ANA, contacts={ANA: {EMAIL}}, **AT_ACME),
    "one has the phone and the name": Case(ACME, ANA, contacts={ANA: {PHONE, NAME}}, **AT_ACME),
    "one has the phone only": Case(ACME, NEW, contacts={ANA: {PHONE}}, work_at={ANA: ACME}, **AT_ACME),
    "one has the name at this company": Case(ACME, ANA, contacts={ANA: {NAME}}, work_at={ANA: ACME}, **AT_ACME),
    "one has the name at another company": Case(
        ACME, NEW, contacts={ANA: {NAME}}, work_at={ANA: BETA}, **AT_ACME
    ),
    "one has the name and works nowhere": Case(ACME, NEW, contacts={ANA: {NAME}}, **AT_ACME),
    "one has the email, another one the phone and the name": Case(
        ACME, ANA, contacts={BEA: {PHONE, NAME}, ANA: {EMAIL}}, **AT_ACME
    ),
    "one has the phone and the name, another one the name here": Case(
        ACME, ANA, contacts={BEA: {NAME}, ANA: {PHONE, NAME}}, work_at={BEA: ACME}, **AT_ACME
    ),
    "of two with the email, the name decides": Case(
        ACME, BEA, contacts={ANA: {EMAIL}, BEA: {EMAIL, NAME}}, work_at={ANA: ACME}, **AT_ACME
    ),
    "of two with the email and the name, the company decides": Case(
        ACME, BEA, contacts={ANA: {EMAIL, NAME}, BEA: {EMAIL, NAME}}, work_at={BEA: ACME}, **AT_ACME
    ),
    "of two with the email and no name, the company decides": Case(
        ACME, BEA, contacts={ANA: {EMAIL}, BEA: {EMAIL}}, work_at={BEA: ACME, ANA: BETA}, **AT_ACME
    ),
    "two with the email at the company": Case(
        ACME,
        SEVERAL_CONTACTS,
        contacts={ANA: {EMAIL}, BEA: {EMAIL}},
        work_at={ANA: ACME, BEA: ACME},
        **AT_ACME,
    ),
    "two with the email elsewhere": Case(
        ACME, SEVERAL_CONTACTS, contacts={ANA: {EMAIL}, BEA: {EMAIL}}, **AT_ACME
    ),
    "two with the name at the company": Case(
        ACME, SEVERAL_CONTACTS, contacts={ANA: {NAME}, BEA: {NAME}}, work_at={ANA: ACME, BEA: ACME}, **AT_ACME
    ),
    "two with the phone and the name, one of them here": Case(
        ACME, ANA, contacts={ANA: {PHONE, NAME}, BEA: {PHONE, NAME}}, work_at={ANA: ACME}, **AT_ACME
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", (COMPANIES | CONTACTS).values(), ids=(COMPANIES | CONTACTS).keys())
def test_the_plan_for_a_lead(case):
    found = _build_plan(Lead(**case.lead), case.companies, case.contacts, case.work_at, case.linked)
    if case.company == SEVERAL_COMPANIES:
        assert found == ConversionPlan(problem=SEVERAL_COMPANIES)
    elif case.contact == SEVERAL_CONTACTS:
        assert found == ConversionPlan(problem=SEVERAL_CONTACTS)
    else:
        assert found == ConversionPlan(case.company, case.contact)


class Later(NamedTuple):
    """A plan, and what it is once only Acme and Ana are there."""

    plan: ConversionPlan
    stays: bool


THERE = {
    "both are there": Later(ConversionPlan(ACME, ANA), stays=True),
    "the company is gone": Later(ConversionPlan(BETA, ANA), stays=False),
    "the contact is gone": Later(ConversionPlan(ACME, BEA), stays=False),
    "both are gone": Later(ConversionPlan(BETA, BEA), stays=False),
    "both are new": Later(ConversionPlan(NEW, NEW), stays=True),
    "a new company for a contact who is there": Later(ConversionPlan(NEW, ANA), stays=True),
    "a new company for a contact who is gone": Later(ConversionPlan(NEW, BEA), stays=False),
    "no company, and a new contact": Later(ConversionPlan(NONE, NEW), stays=True),
    "a problem stays what it is": Later(ConversionPlan(BETA, BEA, problem=SEVERAL_CONTACTS), stays=True),
}


@pytest.mark.parametrize("case", THERE.values(), ids=THERE.keys())
def test_a_plan_whose_records_are_gone(case, monkeypatch):
    present = {planning.Company: {ACME}, planning.Contact: {ANA}}
    monkeypatch.setattr(planning, "_get_present_ids", lambda model, chosen, user, lock: present[model])
    expected = case.plan if case.stays else ConversionPlan(problem=MATCH_GONE)
    assert check_chosen_records({7: case.plan}, None, lock=False) == {7: expected}


@pytest.mark.parametrize("lock", [True, False], ids=["before it is converted", "in a preview"])
def test_which_chosen_companies_are_still_there(lock, cast, departments, make_company):
    """Those that are converted are locked in the order of their IDs, so two conversions never wait for each other."""
    away = {"owner": cast.dan, "department": departments.export}
    there = [make_company(owner=cast.bob).pk for _each in range(3)]
    gone = [make_company(**away).pk, make_company(owner=cast.bob, deleted_at=timezone.now()).pk]
    bob = cast.bob
    vars(bob).update(granted_permissions={"customers.view_company", "accounts.see_own"})
    chosen = {*there[:2], *gone, NEW, NONE}
    with CaptureQueriesContext(connection) as queries:
        assert planning._get_present_ids(planning.Company, chosen, bob, lock=lock) == {*there[:2]}
    said = queries[-1]["sql"]
    assert "ORDER BY 1 ASC" in said
    assert ("FOR NO KEY UPDATE" in said) == lock
    with CaptureQueriesContext(connection) as queries:
        assert planning._get_present_ids(planning.Company, {NEW, NONE}, bob, lock=lock) == set()
        vars(bob).update(granted_permissions={"accounts.see_own"})
        assert planning._get_present_ids(planning.Company, chosen, bob, lock=lock) == set()
    assert not queries.captured_queries


class Shared(NamedTuple):
    """The keys of the new companies of leads 1, 2, …; for each key, the lead with whose company it is made."""

    keys: list[list[str]]
    firsts: dict[str, int]
    known: set[str] = set()


SHARED = {
    "two leads with two companies": Shared([["@a", "acme"], ["@b", "beta"]], {"@a": 1, "acme": 1, "@b": 2, "beta": 2}),
    "two leads with one domain": Shared([["@a", "acme"], ["@a", "beta"]], {"@a": 1, "acme": 1, "beta": 1}),
    "two leads with one name": Shared([["@a", "acme"], ["acme"]], {"@a": 1, "acme": 1}),
    "the domain counts before the name": Shared(
        [["@a", "acme"], ["@b", "beta"], ["@b", "acme"]], {"@a": 1, "acme": 1, "@b": 2, "beta": 2}
    ),
    "a lead joins one and brings others along": Shared(
        [["acme"], ["@b", "acme"], ["@b", "beta"]], {"acme": 1, "@b": 1, "beta": 1}
    ),
    "a lead without a new company": Shared([[], ["acme"]], {"acme": 2}),
    "a company that is known by its name": Shared([["@a", "acme"], ["beta"]], {"beta": 2}, {"acme"}),
    "a company that is known by its domain": Shared([["@a", "acme"], ["beta"]], {"beta": 2}, {"@a"}),
    "a company that is known by both": Shared([["@a", "acme"]], {}, {"@a", "acme"}),
}  # fmt: skip


@pytest.mark.parametrize("case", SHARED.values(), ids=SHARED.keys())
def test_leads_that_share_a_new_company(case):
    leads = [Lead(pk=number) for number, _keys in enumerate(case.keys, 1)]
    keys = dict(enumerate(case.keys, 1))
    found = get_first_leads(leads, keys, case.known)
    assert {key: lead.pk for key, lead in found.items()} == case.firsts


def test_by_what_a_new_company_is_recognized(db):
    lead = {"company": "Ácme SRL", "email": "ana@acme.example"}
    table = {
        1: (lead, ConversionPlan(NEW), ["@acme.example", "acme srl"]),
        2: (lead, ConversionPlan(NEW, company_name="Beta"), ["@acme.example", "beta"]),
        3: (lead, ConversionPlan(ACME), []),
        4: (lead, ConversionPlan(NONE, NEW), []),
        5: (lead | {"email": "ana@gmail.com"}, ConversionPlan(NEW), ["acme srl"]),
        6: (lead | {"website": "www.beta.example"}, ConversionPlan(NEW), ["@beta.example", "acme srl"]),
    }
    leads = [Lead(pk=pk, **fields) for pk, (fields, _plan, _keys) in table.items()]
    found = get_company_keys(leads, {pk: plan for pk, (_fields, plan, _keys) in table.items()})
    assert found == {pk: keys for pk, (_fields, _plan, keys) in table.items()}
    assert [get_first_domain(lead) for lead in leads[4:]] == ["", "beta.example"]


BETTER = {
    "an email before a domain": ({EMAIL}, {DOMAIN}),
    "an email before everything else together": ({EMAIL}, {DOMAIN, COMPANY_NAME, PHONE, NAME}),
    "a domain before a name": ({DOMAIN}, {COMPANY_NAME}),
    "the name of a company before a phone": ({COMPANY_NAME}, {PHONE}),
    "a phone before a name": ({PHONE}, {NAME}),
    "a link before an email": ({LINKED}, {EMAIL}),
    "two reasons before the stronger one alone": ({EMAIL, NAME}, {EMAIL}),
    "an email and a weak reason before a domain and a stronger one": ({EMAIL, NAME}, {DOMAIN, COMPANY_NAME}),
    "three reasons before two, whichever": ({EMAIL, PHONE, NAME}, {EMAIL, DOMAIN}),
}


@pytest.mark.parametrize(("better", "worse"), BETTER.values(), ids=BETTER.keys())
def test_which_match_is_better(better, worse):
    assert rank_reasons(better) < rank_reasons(worse)


def test_matches_are_equal_if_their_strongest_reason_and_their_number_are():
    assert rank_reasons({EMAIL, PHONE}) == rank_reasons({EMAIL, NAME})


def test_the_reasons_of_a_match_are_named_in_the_order_of_their_weight():
    assert sort_reasons({NAME, EMAIL, PHONE, DOMAIN}) == (EMAIL, DOMAIN, PHONE, NAME)


def test_the_plans_of_a_list_are_those_of_its_leads(make_lead, cast):
    first, _other, last = (make_lead(name, owner=cast.ann) for name in ("Ana Pop", "Bea Rus", "Cris Ene"))
    found = planning.build_plans_for_queryset(Lead.objects.filter(pk__in=[last.pk, first.pk]), cast.ann)
    assert sorted(found) == [first.pk, last.pk]
