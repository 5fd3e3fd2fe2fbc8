"""Two conversion pages that are open together: the second one comes back with what the first one has added."""

import pytest

from customers.models import Company, Contact


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Ana Albu", owner=bob, company="Omnia SRL", email="ana@omnia.example", phone="0722")


def address(lead):
    return f"/admin/leads/{lead.pk}/convert"


def as_sent(page, **chosen) -> dict:
    """What a browser sends of an open conversion page."""
    form = page.context["form"]
    shown = {f"shown_{name}": [row.record.pk for row in found] for name, found in form.suggested.items()}
    return {name: value for name, value in form.initial.items() if value} | shown | chosen


def test_two_pages_that_were_open_together_add_one_company(make_lead, ann, sign_in):
    leads = [
        make_lead("Ana Albu", owner=ann, company="Omnia SRL", email="ana@omnia.example"),
        make_lead("Ion Ene", owner=ann, company="Omnia SRL", email="ion@omnia.example"),
    ]
    browser = sign_in(ann)
    first, second = [as_sent(browser.get(address(lead))) for lead in leads]
    assert (first["company"], second["company"]) == ("new", "new")
    assert browser.post(address(leads[0]), first).status_code == 302
    page = browser.post(address(leads[1]), second)
    assert page.status_code == 409
    omnia = Company.objects.get()
    assert "Already exists: Omnia SRL." in page.text
    assert f'value="{omnia.pk}"' in page.text
    assert browser.post(address(leads[1]), second | as_sent(page, company=str(omnia.pk))).status_code == 302
    assert Company.objects.count() == 1
    assert {row.company for row in Contact.objects.all()} == {omnia}


def test_a_new_company_is_still_added_if_the_user_insists(make_lead, ann, sign_in):
    leads = [make_lead(f"P{n} Pop", owner=ann, company="Omnia") for n in range(2)]
    browser = sign_in(ann)
    first, second = [as_sent(browser.get(address(lead))) for lead in leads]
    browser.post(address(leads[0]), first)
    page = browser.post(address(leads[1]), second)
    again = second | as_sent(page, company="new", contact="new")
    assert browser.post(address(leads[1]), again).status_code == 302
    assert Company.objects.count() == 2


def test_two_pages_for_one_person_add_one_contact(make_lead, ann, sign_in):
    leads = [make_lead("Ana Albu", owner=ann, email="ana@omnia.example") for _n in range(2)]
    browser = sign_in(ann)
    first, second = [as_sent(browser.get(address(lead))) for lead in leads]
    browser.post(address(leads[0]), first)
    page = browser.post(address(leads[1]), second)
    assert page.status_code == 409
    assert "Already exists: Ana Albu." in page.text
    assert Contact.objects.count() == 1


def test_a_company_with_the_name_that_was_typed_is_offered(lead, ann, make_company, sign_in):
    make_company("Vega", owner=ann)
    browser = sign_in(ann)
    page = browser.post(address(lead), as_sent(browser.get(address(lead)), company_name="VEGA"))
    assert page.status_code == 409
    assert "Already exists: Vega." in page.text
