"""Converting a lead at once, from the menu of its status in the list."""

from typing import Any

import pytest

from crm.records.history.verb_execution import carry_out
from customers.conversion.conversion_verb import Convert
from customers.models import Company, Contact
from leads.models import Lead

LIST = "/admin/leads?all=1"


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Ana Albu", owner=bob, company="Omnia SRL", email="ana@omnia.example")


def press(browser, lead, page=LIST):
    address = f"/admin/leads/{lead.pk}/convert"
    return browser.post(address, {"at_once": ""}, headers={"Referer": f"http://testserver{page}"})


def menu_of(browser, lead) -> Any:
    """What a click on the status of its row opens."""
    return browser.get(f"/admin/leads/{lead.pk}/inline/status")


def test_the_menu_of_a_status_in_the_list_has_the_button(lead, ann, sign_in):
    browser = sign_in(ann)
    assert f"/admin/leads/{lead.pk}/inline/status" in browser.get(LIST).text
    page = menu_of(browser, lead).text
    form = page[page.index(f'action="/admin/leads/{lead.pk}/convert"') :].partition("</form>")[0]
    assert '<button name="at_once">' in form
    assert "Convert" in form


def test_one_click_converts_and_leads_back_to_the_row_with_undo(lead, ann, sign_in):
    browser = sign_in(ann)
    answer = press(browser, lead, "/admin/leads?all=1&q=Albu")
    assert answer.status_code == 302
    assert answer["Location"] == f"/admin/leads?all=1&q=Albu#row-{lead.pk}"
    lead.refresh_from_db()
    assert (lead.client.name, lead.client_contact.email) == ("Omnia SRL", "ana@omnia.example")
    page = browser.get(LIST).text
    assert "Converted Ana Albu." in page
    assert "/undo" in page


def test_from_elsewhere_it_leads_to_the_lead(lead, ann, sign_in):
    assert press(sign_in(ann), lead, "/admin/companies")["Location"] == f"/admin/leads/{lead.pk}"


def test_an_ambiguous_lead_is_not_converted_and_its_page_says_why(lead, ann, make_company, sign_in):
    for name in ("Vega", "Lyra"):
        make_company(name, domain="omnia.example", owner=ann)
    browser = sign_in(ann)
    answer = press(browser, lead)
    assert answer["Location"] == f"/admin/leads/{lead.pk}/convert"
    page = browser.get(answer["Location"]).text
    assert "Several companies match" in page
    lead.refresh_from_db()
    assert (lead.client, Contact.objects.count()) == (None, 0)


def test_a_converted_lead_has_no_such_menu(lead, ann, sign_in):
    carry_out(Convert(), Lead.objects.filter(pk=lead.pk), by=ann)
    browser = sign_in(ann)
    assert f"/admin/leads/{lead.pk}/inline/status" not in browser.get(LIST).text
    assert press(browser, lead)["Location"] == f"/admin/leads/{lead.pk}"


def test_without_the_permission_to_add_companies_the_menu_does_not_have_it(make_lead, someone_with, sign_in):
    eve = someone_with("view_lead", "change_lead", "add_contact", "see_own")
    lead, browser = make_lead("Ana Albu", owner=eve), sign_in(eve)
    page = menu_of(browser, lead)
    assert page.status_code == 200
    assert "/convert" not in page.text
    assert press(browser, lead).status_code == 403
    assert not Company.objects.exists()


def test_the_menu_of_a_stage_does_not_have_it(make_deal, ann, sign_in):
    page = sign_in(ann).get(f"/admin/deals/{make_deal(owner=ann).pk}/inline/status")
    assert page.status_code == 200
    assert "/convert" not in page.text
