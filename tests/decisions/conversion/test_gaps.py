"""Which leads of a conversion wait because a new company or contact wouldn't get a value of theirs, and for which field."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from customers.conversion import conversion_plan as planning
from customers.conversion.conversion_plan import (
    NEW,
    NO_COUNTERPART,
    NONE,
    SEVERAL_CONTACTS,
    ConversionPlan,
    add_gap_problems,
)
from leads.models import Lead

ACME, ANA = 1, 2
# The numbers of the fields of the lead that are copied to companies and to contacts.
LEVEL, TITLE = 7, 8
FIELDS = {"company": LEVEL, "contact": TITLE}
BOTH = ("company", "contact")


class Case(NamedTuple):
    """What the plan of a lead is, and which new records wouldn't get a value; for which field it waits, None for none."""

    plan: ConversionPlan
    gaps: tuple[str, ...] = BOTH
    waits_for: int | None = None
    is_mapped: bool = True


CASES = {
    "a new company wouldn't get a value": Case(ConversionPlan(NEW, NONE), waits_for=LEVEL),
    "a new contact wouldn't get a value": Case(ConversionPlan(NONE, NEW), waits_for=TITLE),
    "both wouldn't": Case(ConversionPlan(NEW, NEW), waits_for=LEVEL),
    "of two new records only the contact wouldn't": Case(ConversionPlan(NEW, NEW), ("contact",), TITLE),
    "a new company and a known contact": Case(ConversionPlan(NEW, ANA), waits_for=LEVEL),
    "a known company and a new contact": Case(ConversionPlan(ACME, NEW), waits_for=TITLE),
    "both are known": Case(ConversionPlan(ACME, ANA)),
    "neither is made": Case(ConversionPlan(NONE, NONE)),
    "both get all values": Case(ConversionPlan(NEW, NEW), ()),
    "a lead that waits for something else": Case(ConversionPlan(NEW, NEW, problem=SEVERAL_CONTACTS)),
    "no field is copied": Case(ConversionPlan(NEW, NEW), is_mapped=False),
}


@pytest.fixture
def gappy(monkeypatch):
    """gappy({lead: types}) are the new records that wouldn't get a value. Returns which leads are asked about together."""
    together: list[tuple[str, list[int]]] = []

    def known_keys(leads: list[Lead], table: str, pairs: Any) -> str:
        assert pairs == [table]
        together.append((table, [lead.pk for lead in leads]))
        return table

    def prepared(gaps: dict[int, tuple[str, ...]], *, is_mapped: bool = True) -> list[tuple[str, list[int]]]:
        def gaps_of(lead: Lead, table: str, pairs: Any, user: Any, known: str) -> list[Any]:
            assert (pairs, known) == ([table], table)
            source = SimpleNamespace(definition=SimpleNamespace(pk=FIELDS[table]))
            # The second gap isn't named.
            other = SimpleNamespace(definition=SimpleNamespace(pk=99))
            found = [SimpleNamespace(source=source), SimpleNamespace(source=other)]
            return found if table in gaps[lead.pk] else []

        rules = SimpleNamespace(mapping={"level": {}} if is_mapped else {})
        monkeypatch.setattr(planning.ConversionRules, "get_current", lambda: rules)
        monkeypatch.setattr(planning, "get_field_pairs", lambda table, mapping: [table])
        monkeypatch.setattr(planning, "get_taken_unique_values", known_keys)
        monkeypatch.setattr(planning, "get_value_gaps", gaps_of)
        monkeypatch.setattr(planning, "get_leads_with_values", lambda rows, mapping: list(rows))
        return together

    return prepared


@pytest.mark.parametrize("saved", [True, False], ids=["a lead", "a row of an import"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_lead_waits_for_a_value(case, saved, gappy, make_lead):
    make_lead("Not asked for")
    # With the lowest number, or without one of its own.
    lead = make_lead(pk=1) if saved else Lead(pk=-2)
    gappy({lead.pk: case.gaps}, is_mapped=case.is_mapped)
    expected = case.plan
    if case.waits_for:
        expected = replace(case.plan, problem=f"{NO_COUNTERPART}:{case.waits_for}")
    assert add_gap_problems({lead.pk: case.plan}, [lead], None) == {lead.pk: expected}


def test_unique_values_are_asked_once_for_all_new_records_of_a_type(gappy, make_lead):
    leads = [make_lead() for _each in range(4)]
    first, second, third, fourth = (lead.pk for lead in leads)
    plans = {
        first: ConversionPlan(NEW, NEW),
        second: ConversionPlan(NEW, NEW),
        third: ConversionPlan(ACME, NEW),
        fourth: ConversionPlan(problem=SEVERAL_CONTACTS),
    }
    together = gappy({first: ("company",), second: (), third: ()})
    found = add_gap_problems(plans, leads, None)
    assert [pk for pk, plan in found.items() if plan.problem.startswith(NO_COUNTERPART)] == [first]
    # The one whose company has a gap makes no contact yet.
    assert together == [("company", [first, second]), ("contact", [second, third])]


def test_leads_that_wait_for_something_else_are_not_read_again(gappy, make_lead, django_assert_num_queries):
    lead = make_lead()
    gappy({})
    with django_assert_num_queries(0):
        add_gap_problems({lead.pk: ConversionPlan(problem=SEVERAL_CONTACTS)}, [lead], None)
        add_gap_problems({-2: ConversionPlan(NEW, NEW, problem=SEVERAL_CONTACTS)}, [Lead(pk=-2)], None)
