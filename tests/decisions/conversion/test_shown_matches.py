"""Which companies and contacts the page of a conversion offers, which known contacts get a company, and which leads wait."""

from types import SimpleNamespace
from typing import Any

import pytest

from crm.records.history.verb_execution import operation
from customers.conversion import conversion_verb
from customers.conversion.conversion_verb import ConversionRun, Convert
from customers.conversion.displayed_matches import get_suggestions
from customers.models import Contact
from customers.record_matching import COMPANY_NAME, DOMAIN

# The lead is of Acme with an email of acme.example. What is typed for a new company, and the companies that are offered with why.
TYPED: dict[str, tuple[str, list[tuple[str, tuple[str, ...]]]]] = {
    "nothing": ("", [("Acme", (COMPANY_NAME,)), ("Holding", (DOMAIN,))]),
    "the company of the lead": ("Acme", [("Acme", (COMPANY_NAME,)), ("Holding", (DOMAIN,))]),
    "another one that is there": (
        "Nova", [("Acme", (COMPANY_NAME,)), ("Holding", (DOMAIN,)), ("Nova", (COMPANY_NAME,))],
    ),
    "one that is offered already": ("Holding", [("Acme", (COMPANY_NAME,)), ("Holding", (DOMAIN,))]),
    "one that isn't there": ("Delta", [("Acme", (COMPANY_NAME,)), ("Holding", (DOMAIN,))]),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "offered"), TYPED.values(), ids=TYPED)
def test_which_companies_a_conversion_offers(typed, offered, make_company, make_contact, make_lead, cast):
    for name, domain in (("Acme", ""), ("Holding", "acme.example"), ("Nova", "nova.example")):
        make_company(name, owner=cast.bob, domain=domain)
    contact = make_contact("Ana Pop", owner=cast.bob)
    lead = make_lead("Ana Pop", company="Acme", email="ana@acme.example", owner=cast.bob)
    found = get_suggestions(lead, cast.bob, typed)
    assert sorted((match.record.name, match.reasons) for match in found["company"]) == offered
    assert [match.record for match in found["contact"]] == [contact]


def build_conversion() -> Any:
    """By rules that copy no custom fields."""
    rules: Any = SimpleNamespace(mapping={})
    return Convert(run=ConversionRun(rules=rules))


def test_a_known_contact_without_a_company_gets_that_of_the_lead(make_company, make_contact, db):
    acme, nova = make_company("Acme"), make_company("Nova")
    free, employed, other = make_contact("Ana"), make_contact("Eva", company=nova), make_contact("Ion")
    without = make_contact("Dan")
    verb = build_conversion()
    chosen = {1: free.pk, 2: employed.pk, 3: without.pk, 4: None}
    verb.run.plans = {pk: SimpleNamespace(contact=contact, values={}) for pk, contact in chosen.items()}
    leads: list[Any] = [SimpleNamespace(pk=pk) for pk in chosen]
    with operation("test", by=None):
        found = verb._get_or_add_contacts(leads, {1: acme.pk, 2: acme.pk, 3: None, 4: acme.pk})
    assert found == chosen
    companies = {
        row.first_name or row.last_name: row.company for row in Contact.objects.select_related("company")
    }
    assert companies == {"Ana": acme, "Eva": nova, "Ion": None, "Dan": None}
    assert other.company is None


def test_each_lead_waits_for_its_own_reason(monkeypatch):
    problems = {1: "several", 2: "", 3: "gap", 4: "several"}
    plans = {pk: SimpleNamespace(problem=problem) for pk, problem in problems.items()}
    monkeypatch.setattr(conversion_verb, "build_plans_for_queryset", lambda rows, by: plans)
    monkeypatch.setattr(conversion_verb, "check_chosen_records", lambda found, by, lock: found)
    monkeypatch.setattr(conversion_verb.Lead, "objects", SimpleNamespace(filter=lambda **asked: None))
    refused: list[Any] = []
    outcome = SimpleNamespace(changed=[*plans], refuse=lambda reason, ids: refused.append((reason, ids)))
    verb = build_conversion()
    monkeypatch.setattr(type(verb.run), "begin", lambda run, by, found: None)
    verb.refuse_conflicting_rows(outcome, None)
    assert refused == [("several", [1, 4]), ("gap", [3])]
