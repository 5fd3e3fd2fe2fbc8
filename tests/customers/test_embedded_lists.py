"""The lists on the pages of companies and contacts: the newest ten, a link to all, and always as many queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.records.history.verb_execution import operation
from customers import embedded_lists
from customers.companies import page
from customers.models import Company, Contact, Employment


@pytest.fixture
def omnia(make_company):
    return make_company("Omnia")


def fill(company: Company, department, number: int) -> None:
    """So many contacts, subsidiaries, and people with another position."""
    common = {"department": department}
    with operation("test", by=None):
        Company.objects.bulk_create(
            Company(name=f"Sub {place:03}", parent=company, **common) for place in range(number)
        )
        Contact.objects.bulk_create(
            Contact(last_name=f"Present {place:03}", company=company, **common) for place in range(number)
        )
        former = Contact.objects.bulk_create(
            Contact(last_name=f"Former {place:03}", **common) for place in range(number)
        )
        Employment.objects.bulk_create(Employment(contact=one, company=company) for one in former)


def queries_of(browser, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert browser.get(address).status_code == 200
    return len(found)


def test_each_list_shows_the_newest_ten_and_leads_to_all(omnia, ann, departments, sign_in):
    fill(omnia, departments.sales, 12)
    browser = sign_in(ann)
    shown = browser.get(f"/admin/companies/{omnia.pk}")
    for words in ("Present", "Sub", "Former"):
        assert shown.text.count(f">{words} 0") == 10
        assert f"{words} 011" in shown.text
    for found in [*shown.context["lists"], *shown.context["linked"]]:
        if not getattr(found, "records", ["none"]):
            continue
        assert found.all
        text = browser.get(found.all).text
        assert "000" in text
        assert "011" in text


def test_the_page_of_a_company_takes_as_many_queries_with_200_linked_records_as_with_one(
    omnia, make_company, ann, departments, sign_in
):
    other = make_company("Alba")
    fill(other, departments.sales, 1)
    fill(omnia, departments.sales, 67)
    browser = sign_in(ann)
    for company in (omnia, other):
        browser.get(f"/admin/companies/{company.pk}")
    counts = {queries_of(browser, f"/admin/companies/{company.pk}") for company in (omnia, other)}
    assert len(counts) == 1


def test_the_page_of_a_contact_takes_as_many_queries_with_many_employments_as_with_one(
    omnia, make_contact, ann, sign_in
):
    one, many = make_contact("One Person"), make_contact("Many Jobs")
    with operation("test", by=None):
        Employment.objects.bulk_create(
            Employment(contact=contact, company=omnia) for contact in [one, *[many] * 30]
        )
    browser = sign_in(ann)
    for contact in (one, many):
        browser.get(f"/admin/contacts/{contact.pk}")
    counts = {queries_of(browser, f"/admin/contacts/{contact.pk}") for contact in (one, many)}
    assert len(counts) == 1


def test_users_see_only_lists_of_what_they_may_view(omnia, someone_with, departments, sign_in):
    fill(omnia, departments.sales, 1)
    eve = someone_with("view_company", "see_departments")
    shown = sign_in(eve).get(f"/admin/companies/{omnia.pk}")
    assert [found.title for found in shown.context["linked"]] == ["Subsidiaries"]
    assert sign_in(eve).get(f"/admin/companies/{omnia.pk}/people").status_code == 403


def test_another_kind_adds_a_list_with_a_few_lines(omnia, ann, sign_in, monkeypatch):
    added = embedded_lists.PageList("deals", "Dealsqq", [], "Noneqq")
    monkeypatch.setattr(page, "COMPANY_LISTS", [*page.COMPANY_LISTS, lambda company, user: added])
    text = sign_in(ann).get(f"/admin/companies/{omnia.pk}").text
    assert "Dealsqq" in text
    assert "Noneqq" in text
