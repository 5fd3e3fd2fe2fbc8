"""Which records that an operation created are linked to by others, so that its undo keeps them."""

from typing import Any, NamedTuple

import pytest

from crm.records.history.undo.later_links import get_ids_linked_since
from crm.records.history.verb_execution import operation
from crm.work.models.activity import Activity
from customers.models import Company, Contact
from leads.models import LeadValues

pytestmark = pytest.mark.django_db


class Use(NamedTuple):
    """How a company is linked to, by which operation, whether the linking record is there, and whether that keeps the company."""

    link: str
    by: str = "another"
    present: bool = True
    keeps: bool = True


USES = {
    "a contact of another operation": Use("contact"),
    "a contact in Trash": Use("contact", present=False, keeps=False),
    "a contact of the operation that is undone": Use("contact", by="undone", keeps=False),
    "a contact of the operation that is undone, in Trash": Use(
        "contact", by="undone", present=False, keeps=False
    ),
    "a subsidiary": Use("company"),
    "a custom link of a lead": Use("custom"),
    "a custom link of a lead in Trash": Use("custom", present=False, keeps=False),
    "a custom link that the operation wrote itself": Use("custom", by="undone", keeps=False),
    "a custom link to another record type": Use("other custom", keeps=False),
    "a custom field that is no link": Use("number", keeps=False),
    "nothing": Use("", keeps=False),
}


@pytest.fixture
def links(make_field) -> dict[str, Any]:
    return {
        "custom": make_field("Introduced by", "link"),
        "other custom": make_field("Known by", "link", links_to="contact"),
        "number": make_field("Number", "number"),
    }


@pytest.fixture
def write_link(links, lead_of, departments):
    """The linking record, which is written in the open operation."""

    def write(link: str, pk: int) -> Any:
        if link == "contact":
            return Contact.objects.create(last_name="Pop", company_id=pk, department=departments.sales)
        if link == "company":
            return Company.objects.create(name="Branch", parent_id=pk, department=departments.sales)
        if not link:
            return None
        lead = lead_of()
        lead.save(force_insert=True)
        LeadValues.objects.create(record=lead, values={links[link].name: pk})
        return lead

    return write


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_what_keeps_a_company(use, write_link, departments):
    with operation("create", by=None) as undone:
        company = Company.objects.create(name="Omnia", department=departments.sales)
        other = Company.objects.create(name="Other", department=departments.sales)
        row = write_link(use.link, company.pk) if use.by == "undone" else None
    if row is None:
        with operation("link", by=None):
            row = write_link(use.link, company.pk)
    if not use.present:
        with operation("delete", by=None):
            type(row).objects.filter(pk=row.pk).update(deleted_at="2026-01-05T00:00Z")
    with operation("undo", by=None, undoes=undone):
        assert get_ids_linked_since(Company, [company.pk, other.pk]) == ({company.pk} if use.keeps else set())
        # Those that aren't asked about say nothing.
        assert get_ids_linked_since(Company, [other.pk]) == set()
        assert get_ids_linked_since(Company, []) == set()


def test_a_record_type_that_nothing_links_to_has_no_links(make_lead, bob):
    lead = make_lead()
    with operation("create", by=None) as undone:
        activity = Activity.objects.create(of="lead", record=lead.pk, type="note", text="x", created_by=bob)
    with operation("undo", by=None, undoes=undone):
        assert get_ids_linked_since(Activity, [activity.pk]) == set()


def test_both_kinds_of_links_count_together(write_link, departments):
    with operation("create", by=None) as undone:
        first, second, third = (
            Company.objects.create(name=name, department=departments.sales) for name in ("A", "B", "C")
        )
    with operation("link", by=None):
        write_link("contact", first.pk)
        write_link("custom", second.pk)
    with operation("undo", by=None, undoes=undone):
        ids = [first.pk, second.pk, third.pk]
        assert get_ids_linked_since(Company, ids) == {first.pk, second.pk}


@pytest.mark.parametrize(("by", "keeps"), [("undone", False), ("another", True)])
def test_without_custom_links_those_of_the_record_types_count_alone(by, keeps, departments):
    with operation("create", by=None) as undone:
        company = Company.objects.create(name="Omnia", department=departments.sales)
        if by == "undone":
            Contact.objects.create(last_name="Pop", company=company, department=departments.sales)
    if by == "another":
        with operation("link", by=None):
            Contact.objects.create(last_name="Pop", company=company, department=departments.sales)
    with operation("undo", by=None, undoes=undone):
        assert get_ids_linked_since(Company, [company.pk]) == ({company.pk} if keeps else set())
