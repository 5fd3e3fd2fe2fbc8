"""Who a request is from: suggestions with their reasons, and links."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from customers.models import Company, Request
from leads.models import Lead
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.reading import close_up

LIST = "/admin/requests"


def card(browser, row) -> str:
    page = browser.get(f"{LIST}/{row.pk}").text
    return close_up(re.search(r'<section class="card" aria-labelledby="who-title">.*', page, re.DOTALL)[0])


def link(browser, row, name, value):
    return browser.post(f"{LIST}/{row.pk}/link/{name}", {name: value})


def test_the_card_suggests_who_it_is_with_the_reasons(inquiry, omnia, ana, make_lead, ann, sign_in):
    make_lead("Ana Albu", phone="0722123456", phone_normal="+40722123456")
    text = card(sign_in(ann), inquiry)
    for chosen, reasons in [
        (f"Omnia (#{omnia.pk})", ["Same domain", "Same company name"]),
        (f"Ana Albu (#{ana.pk})", ["Same email", "Same name"]),
        (f"Ana Albu (#{Lead.objects.get().pk})", ["Same phone", "Same name"]),
    ]:
        assert f'value="{chosen}"' in text
        for reason in reasons:
            assert f'<span class="chip">{reason}</span>' in text


def test_a_free_mail_domain_suggests_no_company(make_request, make_company, ann, sign_in):
    make_company("Mail", domain="gmail.com")
    row = make_request(email="someone@gmail.com")
    assert "Mail" not in card(sign_in(ann), row)


def test_a_record_that_the_user_does_not_see_is_not_suggested_and_can_not_be_linked(
    inquiry, omnia, departments, dan, sign_in
):
    with operation("test", by=None):
        Request.objects.update(owner=dan, department=departments.export)
    browser = sign_in(dan)
    assert "Omnia (#" not in card(browser, inquiry)
    answer = link(browser, inquiry, "company", f"#{omnia.pk}")
    assert answer.status_code == 422
    assert "No record is named" in answer.text
    inquiry.refresh_from_db()
    assert inquiry.company_id is None


def test_a_suggestion_is_linked_with_one_click_and_undone(inquiry, omnia, ann, sign_in):
    browser = sign_in(ann)
    before = all_tables()
    assert link(browser, inquiry, "company", f"Omnia (#{omnia.pk})").status_code == 302
    inquiry.refresh_from_db()
    assert inquiry.company == omnia
    assert f'href="/admin/companies/{omnia.pk}"' in card(browser, inquiry)
    revert_operation(Operation.objects.get(kind="edit"), by=ann)
    assert all_tables() == before


def test_a_linked_contact_brings_its_company(inquiry, omnia, ana, ann, sign_in):
    link(sign_in(ann), inquiry, "contact", f"#{ana.pk}")
    inquiry.refresh_from_db()
    assert (inquiry.contact, inquiry.company) == (ana, omnia)
    revert_operation(Operation.objects.get(kind="edit"), by=ann)
    inquiry.refresh_from_db()
    assert (inquiry.contact, inquiry.company) == (None, None)


def test_a_linked_contact_does_not_replace_the_company_or_bring_one_out_of_reach(
    inquiry, omnia, ana, make_company, departments, ann, sign_in
):
    alba = make_company("Alba")
    browser = sign_in(ann)
    link(browser, inquiry, "company", "Alba")
    link(browser, inquiry, "contact", f"#{ana.pk}")
    inquiry.refresh_from_db()
    assert (inquiry.contact, inquiry.company) == (ana, alba)
    with operation("test", by=None):
        Request.objects.update(contact=None, company=None)
        Company.objects.filter(pk=omnia.pk).update(owner=None, department=departments.export)
    link(browser, inquiry, "contact", f"#{ana.pk}")
    inquiry.refresh_from_db()
    assert (inquiry.contact, inquiry.company_id) == (ana, None)


def test_another_record_is_found_by_name_and_a_link_is_removed(inquiry, omnia, make_company, ann, sign_in):
    alba, browser = make_company("Alba"), sign_in(ann)
    link(browser, inquiry, "company", "alba")
    inquiry.refresh_from_db()
    assert inquiry.company == alba
    assert "Remove link" in card(browser, inquiry)
    link(browser, inquiry, "company", "")
    inquiry.refresh_from_db()
    assert inquiry.company is None


def test_an_unknown_name_keeps_what_was_typed_and_writes_nothing(inquiry, ann, sign_in):
    answer = link(sign_in(ann), inquiry, "company", "Nowhere")
    assert answer.status_code == 422
    assert 'value="Nowhere"' in answer.text
    assert "No record is named “Nowhere”." in answer.text
    assert not Operation.objects.filter(kind="edit").exists()


def test_links_need_a_known_type_and_access_to_it(inquiry, bob, someone_with, sign_in):
    eve = someone_with("view_request", "change_request", "see_departments")
    assert link(sign_in(eve), inquiry, "company", "").status_code == 403
    assert "Find a company" not in sign_in(eve).get(f"{LIST}/{inquiry.pk}").text
    boss = someone_with("view_request", "change_request", "view_company", "see_departments", name="boss")
    assert link(sign_in(boss), inquiry, "owner", "").status_code == 404
    # A rep sees an unassigned request, and takes it before changing it.
    assert link(sign_in(bob), inquiry, "company", "").status_code == 403


def test_the_name_of_a_linked_record_is_shown_to_all_its_page_to_those_who_may_open_it(
    inquiry, omnia, someone_with, sign_in
):
    with operation("test", by=None):
        Request.objects.update(company=omnia)
    eve = someone_with("view_request", "see_departments")
    page = sign_in(eve).get(f"{LIST}/{inquiry.pk}").text
    assert "Omnia" in page
    assert f"/admin/companies/{omnia.pk}" not in page


def test_a_request_in_trash_offers_nothing(inquiry, omnia, ann, sign_in):
    browser = sign_in(ann)
    browser.post(f"{LIST}/{inquiry.pk}/delete")
    page = browser.get(f"{LIST}/{inquiry.pk}").text
    assert "Find a company" not in page
    assert "Create a lead" not in page
    for name in ("link/company", "lead"):
        browser.post(f"{LIST}/{inquiry.pk}/{name}", {"company": f"#{omnia.pk}"})
    inquiry.refresh_from_db()
    assert (inquiry.company_id, inquiry.lead_id, Lead.objects.count()) == (None, None, 0)


def test_a_page_takes_the_same_number_of_queries_however_many_match(
    inquiry, ann, sign_in, make_contact, make_lead
):
    browser = sign_in(ann)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            browser.get(f"{LIST}/{inquiry.pk}")
        return len(found)

    make_contact("Ana Albu", email="ana@omnia.example")
    make_lead("Ana Albu", email="ana@omnia.example")
    queries()
    few = queries()
    for number in range(6):
        make_contact("Ana Albu")
        make_lead("Ana Albu", city=str(number))
    assert queries() == few
