"""Make a deal of a request: what is known becomes company and contact, anything else a lead."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from customers.conversion.conversion_verb import Convert
from customers.models import Company, Contact, Deal, Request
from leads.models import Lead


def make_deal(browser, row, **data):
    answer = browser.post(f"/admin/requests/{row.pk}/deal", data)
    row.refresh_from_db()
    return answer


def test_a_request_that_says_enough_becomes_a_company_a_contact_and_a_deal(inquiry, ann, sign_in):
    assert make_deal(sign_in(ann), inquiry).status_code == 302
    deal = Deal.objects.get()
    company, contact = Company.objects.get(), Contact.objects.get()
    assert (deal.name, deal.description) == (inquiry.subject, inquiry.text)
    assert (deal.company, deal.contact, deal.lead) == (company, contact, None)
    assert (company.name, company.domain, company.phone) == ("Omnia", "omnia.example", "0722 123 456")
    assert (contact.full_name, contact.email, contact.company) == ("Ana Albu", "ana@omnia.example", company)
    assert (inquiry.deal, inquiry.company, inquiry.contact, inquiry.state) == (deal, company, contact, "done")
    assert not Lead.objects.exists()


def test_the_linked_company_and_contact_are_those_of_the_deal(inquiry, omnia, ana, ann, sign_in):
    with operation("test", by=None):
        Request.objects.filter(pk=inquiry.pk).update(company=omnia, contact=ana)
    make_deal(sign_in(ann), inquiry)
    assert (inquiry.deal.company, inquiry.deal.contact) == (omnia, ana)
    assert (Company.objects.count(), Contact.objects.count()) == (1, 1)


def test_a_known_sender_is_not_added_a_second_time(inquiry, omnia, ana, ann, sign_in):
    make_deal(sign_in(ann), inquiry)
    assert (inquiry.deal.company, inquiry.deal.contact) == (omnia, ana)
    assert (Company.objects.count(), Contact.objects.count()) == (1, 1)


def test_several_matches_are_refused_until_one_is_linked(inquiry, make_company, ann, sign_in):
    for _number in range(2):
        make_company("Omnia", owner=ann)
    browser = sign_in(ann)
    page = browser.post(f"/admin/requests/{inquiry.pk}/deal", follow=True)
    assert "Several companies or contacts match the sender." in page.text
    assert not Deal.objects.exists()


def test_a_request_that_says_too_little_creates_a_lead_with_the_deal(make_request, ann, sign_in):
    row = make_request("Price list", text="Please send it.", email="ion@gmail.com")
    page = sign_in(ann).get(f"/admin/requests/{row.pk}")
    assert "“Make a deal” also creates a lead" in page.text
    make_deal(sign_in(ann), row)
    lead, deal = Lead.objects.get(), Deal.objects.get()
    assert (row.lead, row.deal, deal.lead) == (lead, deal, lead)
    assert (deal.company, deal.contact) == (None, None)
    assert "Please send it." in lead.description
    assert lead.email == "ion@gmail.com"


def test_the_lead_later_becomes_the_company_and_contact_of_the_deal(make_request, omnia, ann, sign_in):
    row = make_request("Price list", email="ion@gmail.com")
    with operation("test", by=None):
        Request.objects.filter(pk=row.pk).update(company=omnia)
    make_deal(sign_in(ann), row)
    carry_out(Convert(), Lead.objects.filter(pk=row.lead_id), by=ann)
    row.deal.refresh_from_db()
    row.lead.refresh_from_db()
    assert row.deal.company == row.lead.client == omnia
    assert row.deal.contact == row.lead.client_contact


def test_one_undo_removes_all_that_was_made(inquiry, ann, sign_in):
    make_deal(sign_in(ann), inquiry)
    revert_operation(Operation.objects.get(kind="make_deal"), by=ann)
    inquiry.refresh_from_db()
    assert (inquiry.deal, inquiry.company, inquiry.contact, inquiry.state) == (None, None, None, "new")
    for model in (Deal, Company, Contact):
        assert not model.objects.present().exists(), model


def test_a_second_click_makes_no_second_deal(inquiry, ann, sign_in):
    browser = sign_in(ann)
    make_deal(browser, inquiry)
    page = browser.post(f"/admin/requests/{inquiry.pk}/deal", follow=True)
    assert "This request already has a deal." in page.text
    assert Deal.objects.count() == 1


def test_a_user_who_may_not_add_companies_creates_a_lead_instead(inquiry, someone_with, sign_in):
    eve = someone_with(
        "view_request", "change_request", "add_deal", "add_lead", "see_departments", "view_lead"
    )
    make_deal(sign_in(eve), inquiry)
    assert inquiry.deal.lead == Lead.objects.get()
    assert not Company.objects.exists()


@pytest.mark.parametrize("name", ["reader", "without"])
def test_the_button_needs_the_right_to_add_deals(name, inquiry, someone_with, sign_in):
    eve = someone_with("view_request", "change_request", "see_departments", name=name)
    browser = sign_in(eve)
    assert "Make a deal" not in browser.get(f"/admin/requests/{inquiry.pk}").text
    assert browser.post(f"/admin/requests/{inquiry.pk}/deal").status_code == 403


def test_a_deal_added_by_hand_without_company_and_contact_gets_a_lead(ann, departments, statuses, sign_in):
    data = {
        "name": "200 licenses",
        "department": departments.sales.pk,
        "status": statuses.qualification.pk,
        "value": "1200",
        "currency": "EUR",
    }
    sign_in(ann).post("/admin/deals/new", data)
    deal, lead = Deal.objects.get(), Lead.objects.get()
    assert deal.lead == lead
    assert (lead.company, lead.value, lead.department) == ("200 licenses", 1200, departments.sales)
    revert_operation(Operation.objects.get(kind="add"), by=ann)
    assert not Lead.objects.present().exists()
    assert not Deal.objects.present().exists()


def test_a_deal_added_by_hand_with_company_and_contact_gets_no_lead(
    omnia, ana, ann, departments, statuses, sign_in
):
    data = {
        "name": "200 licenses",
        "department": departments.sales.pk,
        "status": statuses.qualification.pk,
        "currency": "EUR",
        "company": str(omnia.pk),
        "contact": str(ana.pk),
    }
    sign_in(ann).post("/admin/deals/new", data)
    assert Deal.objects.get().company == omnia
    assert not Lead.objects.exists()


def test_the_lead_of_a_deal_has_the_names_of_its_contact(ana, ann, departments, statuses, sign_in):
    data = {
        "name": "200 licenses",
        "department": departments.sales.pk,
        "status": statuses.qualification.pk,
        "currency": "EUR",
        "contact": str(ana.pk),
    }
    sign_in(ann).post("/admin/deals/new", data)
    lead = Lead.objects.get()
    assert (lead.full_name, lead.email) == ("Ana Albu", "ana@omnia.example")
    carry_out(Convert(), Lead.objects.all(), by=ann)
    lead.refresh_from_db()
    assert lead.client_contact == ana
