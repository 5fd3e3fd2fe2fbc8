"""Linking a record to one that is deleted permanently at the same moment: refused with a sentence, or the link is cleared."""

import pytest

from crm.platform.web.transactions import Busy
from crm.records.history import verbs
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from customers.deal_contacts.verbs import AddDealContact
from customers.models import Company, Contact, Deal, DealContact
from leads.models import Lead
from tests.crossing import crossed
from tests.customers.conftest import make_deal, make_request  # noqa: F401 - fixtures

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

LINKS = [
    ("contact", "company"),
    ("company", "parent"),
    ("deal", "company"),
    ("deal", "contact"),
    ("deal", "lead"),
    ("request", "company"),
    ("request", "contact"),
    ("request", "lead"),
]


@pytest.fixture
def records(make_lead, make_company, make_contact, make_deal, make_request, ann):  # noqa: F811
    """A record of each kind, and one of each kind that it may be linked to."""
    return {
        "company": make_company("Omnia", owner=ann),
        "contact": make_contact("Ana Albu", owner=ann),
        "deal": make_deal("200 licenses", owner=ann),
        "request": make_request("Offer", owner=ann),
        "linked": {
            Company: make_company("Vega", owner=ann),
            Contact: make_contact("Vera Voda", owner=ann),
            Lead: make_lead("Ion Pop", owner=ann),
        },
    }


def linking(records, table, name, by):
    """What links the record of this kind, and what deletes the other one permanently."""
    record = records[table]
    linked = records["linked"][type(record)._meta.get_field(name).related_model]
    rows = type(record).objects.filter(pk=record.pk)
    link = lambda: carry_out(KINDS[table].edit({name: linked}), rows, by=by)  # noqa: E731
    purge = lambda: carry_out(verbs.Purge(), type(linked).objects.filter(pk=linked.pk), by=by)  # noqa: E731
    return link, purge


@pytest.mark.parametrize(("table", "name"), LINKS)
def test_a_link_to_a_record_that_is_being_deleted_permanently_is_refused(table, name, records, ada):
    link, purge = linking(records, table, name, ada)
    outcome = crossed(purge, link)
    assert not isinstance(outcome, Exception), outcome
    assert outcome.refused == {f"link_gone:{name}": [records[table].pk]}
    records[table].refresh_from_db()
    assert getattr(records[table], name) is None


@pytest.mark.parametrize(("table", "name"), LINKS)
def test_a_permanent_deletion_waits_for_a_link_and_clears_it(table, name, records, ada):
    link, purge = linking(records, table, name, ada)
    outcome = crossed(link, purge)
    assert not isinstance(outcome, Exception), outcome
    assert len(outcome.changed) == 1
    records[table].refresh_from_db()
    assert getattr(records[table], name) is None


def test_a_new_record_with_a_link_to_one_that_is_being_deleted_permanently_is_not_added(
    records, departments, ada
):
    vega = records["linked"][Company]
    values = {"last_name": "Nou", "company": vega, "department": departments.sales}
    add = lambda: verbs.add_records(KINDS["contact"].add(Contact, [values]), by=ada)  # noqa: E731
    purge = lambda: carry_out(verbs.Purge(), Company.objects.filter(pk=vega.pk), by=ada)  # noqa: E731
    assert isinstance(crossed(purge, add), Busy)
    assert not Contact.objects.filter(last_name="Nou").exists()


def test_a_contact_of_a_deal_that_is_being_deleted_permanently_is_not_added(records, ada):
    deal, vera = records["deal"], records["linked"][Contact]
    purge = lambda: carry_out(verbs.Purge(), Contact.objects.filter(pk=vera.pk), by=ada)  # noqa: E731
    rows = Deal.objects.filter(pk=deal.pk)
    outcome = crossed(
        purge, lambda: carry_out(AddDealContact(ada, {"contact": vera, "role": ""}), rows, by=ada)
    )
    assert outcome.refused == {"link_gone:contact": [deal.pk]}
    assert not DealContact.objects.exists()


@pytest.fixture
def custom_link(make_field):
    return make_field("Partner", "link", of="contact")


def custom_values_of(record) -> dict:
    return (
        type(record).objects.filter(pk=record.pk).values_list("custom_values__values", flat=True).get() or {}
    )


def linking_by_custom_field(records, field, by):
    contact, vega = records["contact"], records["linked"][Company]
    rows = Contact.objects.filter(pk=contact.pk)
    link = lambda: carry_out(KINDS["contact"].edit({field.name: vega.pk}), rows, by=by)  # noqa: E731
    purge = lambda: carry_out(verbs.Purge(), Company.objects.filter(pk=vega.pk), by=by)  # noqa: E731
    return link, purge


def test_a_custom_link_to_a_record_that_is_being_deleted_permanently_is_refused(custom_link, records, ada):
    link, purge = linking_by_custom_field(records, custom_link, ada)
    outcome = crossed(purge, link)
    assert not isinstance(outcome, Exception), outcome
    assert outcome.refused == {f"link_gone:{custom_link.name}": [records["contact"].pk]}
    assert custom_values_of(records["contact"]) == {}


def test_a_permanent_deletion_waits_for_a_custom_link_and_clears_it(custom_link, records, ada):
    link, purge = linking_by_custom_field(records, custom_link, ada)
    outcome = crossed(link, purge)
    assert not isinstance(outcome, Exception), outcome
    assert len(outcome.changed) == 1
    assert custom_values_of(records["contact"]) == {}


def test_a_new_record_with_a_custom_link_to_one_that_is_being_deleted_is_not_added(
    custom_link, records, departments, ada
):
    vega = records["linked"][Company]
    values = {"last_name": "Nou", "department": departments.sales, custom_link.name: vega.pk}
    add = lambda: verbs.add_records(KINDS["contact"].add(Contact, [values]), by=ada)  # noqa: E731
    purge = lambda: carry_out(verbs.Purge(), Company.objects.filter(pk=vega.pk), by=ada)  # noqa: E731
    assert isinstance(crossed(purge, add), Busy)
    assert not Contact.objects.filter(last_name="Nou").exists()
