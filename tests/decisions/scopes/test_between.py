"""Who sees and changes what connects two records: by the rights for both types, and by which of the two records they see."""

from typing import Any, NamedTuple

import pytest

from crm.records.history.verb_execution import operation
from customers.models import DealContact, Employment
from duplicates.visible_records import get_compared_kinds, get_visible_nodes
from tests.customers.conftest import make_deal

__all__ = ["make_deal"]

# A deal and a contact that connect: those of Bob's department, and those of another one.
HERE, THERE = "here", "there"
SCOPE = "accounts.see_departments"
DEAL, CONTACT = ("customers.view_deal", "customers.change_deal"), ("customers.view_contact",)


class Case(NamedTuple):
    """The rights, which connections are seen, and which are changed: each by where its deal and its contact are."""

    rights: tuple[str, ...]
    seen: set[tuple[str, str]]
    changed: set[tuple[str, str]]


OWN, EVERY = {(HERE, HERE)}, {(HERE, HERE), (HERE, THERE), (THERE, HERE), (THERE, THERE)}
CASES = {
    "of their departments": Case((SCOPE, *DEAL, *CONTACT), OWN, OWN),
    "everything": Case(("accounts.see_all", *DEAL, *CONTACT), EVERY, EVERY),
    "without a right to change deals": Case((SCOPE, DEAL[0], *CONTACT), OWN, set()),
    "with a right to change deals and none to view them": Case((SCOPE, DEAL[1], *CONTACT), set(), set()),
    "without a right to view contacts": Case((SCOPE, *DEAL), set(), set()),
    "nothing": Case((), set(), set()),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_contacts_of_a_deal_are_seen_by_those_who_see_both(case, cast, departments, make_deal, make_contact):
    places, names = {HERE: departments.sales, THERE: departments.export}, {}
    deals = {place: make_deal(place, department=places[place]) for place in places}
    contacts = {place: make_contact(place, department=places[place]) for place in places}
    with operation("test", by=None):
        for one in places:
            for other in places:
                row = DealContact.objects.create(deal=deals[one], contact=contacts[other])
                names[row.pk] = (one, other)
    bob = cast.bob
    vars(bob).update(granted_permissions={*case.rights}, held_roles=[])
    seen, changed = (
        {names[row.pk] for row in DealContact.objects.filter(condition)}
        for condition in (
            DealContact.scope.build_visible_condition(bob),
            DealContact.scope.build_changeable_condition(bob),
        )
    )
    assert (seen, changed) == (case.seen, case.changed)
    rows = DealContact.objects.all()
    assert {names[row.pk] for row in rows if DealContact.scope.may_change(row, bob)} == case.changed


@pytest.mark.parametrize("of", [HERE, THERE])
def test_positions_are_seen_by_those_who_see_the_contact(of, cast, departments, make_contact, make_company):
    """Whether they see the company doesn't count."""
    place = {HERE: departments.sales, THERE: departments.export}[of]
    contact, company = make_contact(department=place), make_company(department=departments.export)
    with operation("test", by=None):
        row = Employment.objects.create(contact=contact, company=company)
    bob = cast.bob
    vars(bob).update(granted_permissions={SCOPE, *CONTACT}, held_roles=[])
    found = Employment.objects.filter(Employment.scope.build_visible_condition(bob))
    assert list(found) == ([row] if of == HERE else [])


# The rights, and which of a lead and a contact of their department are compared, and as changeable ones.
COMPARED: dict[str, tuple[tuple[str, ...], set[str], set[str]]] = {
    "both": (("leads.view_lead", "leads.change_lead", *CONTACT, "customers.change_contact"), {"lead", "contact"}, {"lead", "contact"}),
    "leads are only viewed": (("leads.view_lead", *CONTACT, "customers.change_contact"), {"lead", "contact"}, {"contact"}),
    "contacts aren't viewed": (("leads.view_lead", "leads.change_lead", "customers.change_contact"), {"lead"}, {"lead"}),
    "none": ((), set(), set()),
}  # fmt: skip


@pytest.mark.parametrize(("rights", "seen", "changed"), COMPARED.values(), ids=COMPARED)
def test_which_records_are_compared_for_a_user(
    rights, seen, changed, cast, make_lead, make_contact, departments
):
    own = {"department": departments.sales}
    lead, contact = make_lead(**own), make_contact(**own)
    other: Any = make_lead(department=departments.export, owner=cast.dan)
    bob = cast.bob
    vars(bob).update(granted_permissions={SCOPE, *rights}, held_roles=[])
    nodes = [("lead", lead.pk), ("contact", contact.pk), ("lead", other.pk)]
    here = dict(nodes[1::-1])
    assert {kind.name for kind in get_compared_kinds(bob)} == seen
    assert get_visible_nodes(nodes, bob) == {(table, here[table]) for table in seen}
    assert get_visible_nodes(nodes, bob, changeable=True) == {(table, here[table]) for table in changed}
