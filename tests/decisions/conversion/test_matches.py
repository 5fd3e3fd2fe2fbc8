"""What a lead is compared by, and how many records are looked at for it."""

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from customers.conversion import conversion_plan as planning
from customers.conversion.field_mapping import get_leads_with_values
from customers.models import Company, Contact
from customers.record_matching import (
    COMPANY_NAME,
    EMAIL,
    NAME,
    PHONE,
    KnownFacts,
    get_lead_facts,
    get_lookup_keys,
    get_matches,
    get_suggestions_by_kind,
)
from leads.models import Lead


def test_of_many_contacts_with_a_name_only_a_few_are_looked_at(make_contact, cast):
    made = {make_contact("Ana Pop", owner=cast.ann).pk for _each in range(3)}
    asked = [KnownFacts(name="Ana Pop")]
    assert get_matches(asked, Contact, cast.ann) == [{pk: {NAME} for pk in made}]
    (few,) = get_matches(asked, Contact, cast.ann, most=2)
    assert (len(few), set(few) <= made) == (2, True)


def test_at_most_eight_contacts_are_suggested_the_best_first(make_contact, cast):
    ana = {"owner": cast.ann}
    others = [make_contact("Ana Pop", **ana) for _each in range(8)]
    phone = make_contact("Ana Pop", **ana, phone_normal="+40722123456")
    email = make_contact("Anca", **ana, email="ana@a.example")
    facts = KnownFacts(name="Ana Pop", emails=("ana@a.example",), phones=("+40722123456",))
    found = get_suggestions_by_kind(facts, cast.ann, [Contact])
    assert [(one.record, one.reasons) for one in found["contact"]] == [
        (email, (EMAIL,)),
        (phone, (PHONE, NAME)),
        *((one, (NAME,)) for one in others[:6]),
    ]


def test_who_may_not_view_contacts_gets_no_suggestion(make_contact, cast):
    make_contact("Ana Pop", owner=cast.bob)
    bob = cast.bob
    vars(bob).update(granted_permissions={"customers.view_company", "accounts.see_own"})
    assert get_suggestions_by_kind(KnownFacts(name="Ana Pop"), bob, [Contact]) == {"contact": []}


def test_a_name_of_which_nothing_is_left_to_compare_is_no_name(db):
    keys = get_lookup_keys(
        [KnownFacts(name="\u0301", company="\u0301"), KnownFacts(name="Ana Pop", company="Acme")]
    )
    assert (keys[NAME], keys[COMPANY_NAME]) == ([set(), {"ana pop"}], [set(), {"acme"}])


def test_an_email_of_which_nothing_is_left_to_compare_is_no_email(db):
    keys = get_lookup_keys([KnownFacts(emails=(" ", "A@b.example")), KnownFacts(emails=("",))])
    assert keys[EMAIL] == [{"a@b.example"}, set()]


def test_names_are_compared_by_their_first_hundred_letters(db):
    """As the columns are that they are looked up in."""
    assert get_lookup_keys([KnownFacts(name="x" * 140)])[NAME] == [{"x" * 100}]


def test_which_companies_contacts_work_for(
    cast, departments, make_company, make_contact, django_assert_num_queries
):
    away = {"owner": cast.dan, "department": departments.export}
    acme, hidden = make_company("Acme", owner=cast.bob), make_company("Hidden", **away)
    gone = make_company("Gone", owner=cast.bob, deleted_at=timezone.now())
    contacts = [make_contact(f"Ana {one}", company=one) for one in (acme, hidden, gone, None)]
    other = make_contact("Not asked for", company=acme)
    bob = cast.bob
    vars(bob).update(granted_permissions={"customers.view_company", "accounts.see_own"})
    ids = {contact.pk for contact in contacts}
    assert planning._get_employers(ids, bob) == {contacts[0].pk: acme.pk}
    assert planning._get_employers({other.pk}, bob) == {other.pk: acme.pk}
    with django_assert_num_queries(0):
        assert planning._get_employers(set(), bob) == {}
        vars(bob).update(granted_permissions={"accounts.see_own"})
        assert planning._get_employers(ids, bob) == {}


@pytest.mark.parametrize("fields", [0, 1], ids=["without custom fields", "with a custom field"])
def test_leads_are_converted_in_the_order_of_their_ids(
    fields, make_lead, make_field, django_assert_num_queries
):
    sources = [make_field("Level").name for _each in range(fields)]
    ids = [make_lead().pk for _each in range(4)]
    rows = Lead.objects.filter(pk__in=ids)
    with operation("test", by=None):
        # Written again, the first one is the last in the table.
        Lead.objects.filter(pk=ids[0]).update(city="Cluj")
    with django_assert_num_queries(1 + fields):
        assert [lead.pk for lead in get_leads_with_values(rows, sources)] == ids
    assert [lead.pk for lead in get_leads_with_values(rows.order_by("-pk"), sources)] == ids


def test_who_may_not_view_companies_is_offered_none(cast, make_company, make_lead):
    company = make_company("Acme", owner=cast.bob)
    facts = [get_lead_facts(make_lead(company="Acme", owner=cast.bob))]
    bob = cast.bob
    vars(bob).update(granted_permissions={"customers.view_company", "accounts.see_own"})
    assert [{*found} for found in planning._find_matches(Company, facts, bob)] == [{company.pk}]
    vars(bob).update(granted_permissions={"accounts.see_own"})
    assert planning._find_matches(Company, facts, bob) == [{}]
