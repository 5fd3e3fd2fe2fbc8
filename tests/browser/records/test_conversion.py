"""Conversion in a browser: a lead becomes a client with a deal and comes back, a request becomes a deal with a lead."""

import re

import pytest

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard
OPEN_LEAD = """
    SELECT max(l.id) FROM leads_lead l JOIN leads_status s ON s.id = l.status_id JOIN accounts_user u ON u.id = l.owner_id
    WHERE s.key = 'proposal' AND l.deleted_at IS NULL AND l.company <> '' AND l.client_id IS NULL AND u.is_active"""
CLIENT = "SELECT client_id FROM leads_lead WHERE id = {}"
DEALS = "SELECT count(*) FROM customers_deal WHERE lead_id = {} AND deleted_at IS NULL"


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_lead_becomes_a_client_with_a_deal_and_comes_back_by_undo(javascript, window, leadwell):
    someone = window("admin", javascript=javascript)
    page, lead = someone.page, ask(leadwell, OPEN_LEAD)
    someone.go(f"/admin/leads/{lead}")
    page.get_by_role("link", name="Convert").click()
    page.get_by_role("radio", name="New company").check()
    page.get_by_label("Name of the new company").fill("Made by the browser")
    page.get_by_role("radio", name="New contact").check()
    page.get_by_label("Add a deal").check()
    page.get_by_label("Name of the deal").fill("Its first order")
    page.get_by_role("button", name="Convert lead").click()
    page.wait_for_url(re.compile(r"/admin/deals/\d+"))
    page.get_by_role("heading", name="Its first order").wait_for()
    assert page.get_by_role("link", name="Made by the browser").first.is_visible()
    assert ask(leadwell, CLIENT.format(lead))
    assert ask(leadwell, DEALS.format(lead)) == 1
    page.locator("#notice .message").get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/admin/operations/\d+"))
    assert ask(leadwell, CLIENT.format(lead)) is None
    assert ask(leadwell, DEALS.format(lead)) == 0
    someone.go(f"/admin/leads/{lead}")
    page.get_by_role("link", name="Convert").wait_for()


def test_a_request_becomes_a_deal_and_a_lead(window, leadwell):
    someone = window("admin")
    page = someone.page
    someone.go("/admin/requests/new")
    page.get_by_role("textbox", name="Subject").fill("Price list for next year")
    page.get_by_role("textbox", name="Email").fill("not-known-yet@gmail.com")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Make a deal").click()
    page.get_by_text("Deal created.").first.wait_for()
    query = "SELECT {} FROM customers_request WHERE subject = 'Price list for next year'"
    deal, lead = (ask(leadwell, query.format(name)) for name in ("deal_id", "lead_id"))
    assert deal
    assert ask(leadwell, f"SELECT lead_id FROM customers_deal WHERE id = {deal}") == lead
    assert page.locator(f"a[href='/admin/deals/{deal}']").count()
    page.locator("#notice .message").get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/admin/operations/\d+"))
    assert ask(leadwell, query.format("deal_id")) is None
    assert ask(leadwell, f"SELECT deleted_at FROM leads_lead WHERE id = {lead}")
