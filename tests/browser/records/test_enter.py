"""Enter in a field does what the primary button of its form does, whatever buttons come before it."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard
NEXT = "SELECT next_action || ' ' || next_action_on FROM leads_lead WHERE id = "
OWN = """SELECT max(l.id) FROM leads_lead l JOIN accounts_user u ON u.id = l.owner_id JOIN leads_status s ON s.id = l.status_id
    WHERE u.email = 'rep@demo.example' AND s.kind = 'contacted' AND l.deleted_at IS NULL"""


def test_enter_in_the_next_action_keeps_the_day_that_is_chosen(window, leadwell):
    lead = ask(leadwell, OWN)
    rep = window("rep")
    rep.go(f"/admin/leads/{lead}/inline/next_action")
    rep.page.locator("[name=day][type=text]").fill("2040-03-01")
    rep.page.locator("[name=text]").fill("Call the buyer")
    rep.page.locator("[name=text]").press("Enter")
    rep.page.wait_for_url(f"**/admin/leads/{lead}*")
    assert rep.until(lambda: ask(leadwell, NEXT + str(lead))) == "Call the buyer 2040-03-01"


def test_enter_in_a_new_record_saves_and_opens_it(window, leadwell):
    rep = window("rep")
    rep.go("/admin/leads/new")
    rep.page.locator("#id_last_name").fill("Enterbrook")
    rep.page.locator("#id_last_name").press("Enter")
    expect(rep.page.get_by_role("heading", name="Enterbrook")).to_be_visible()


def test_enter_while_a_call_is_described_records_no_outcome(window, leadwell):
    lead = ask(leadwell, OWN)
    calls = f"SELECT count(*) FROM crm_activity WHERE of = 'lead' AND record = {lead} AND type = 'call'"
    before = ask(leadwell, calls)
    rep = window("rep")
    rep.go(f"/admin/leads/{lead}")
    rep.page.locator(".composer [name=type][value=call]").check()
    rep.page.locator(".composer summary").click()
    rep.page.locator("#id_minutes").fill("5")
    rep.page.locator("#id_minutes").press("Enter")
    expect(rep.page.locator(".composer .error")).to_be_visible()
    assert ask(leadwell, calls) == before


def test_enter_on_a_column_saves_the_columns_and_does_not_reset_them(window):
    rep = window("rep")
    rep.go("/admin/leads/columns")
    rep.page.locator("[name=column][value=country]").uncheck()
    rep.page.locator("[name=column][value=country]").press("Enter")
    rep.page.wait_for_url(lambda address: "columns" not in address)
    expect(rep.page.locator("thead").get_by_text("Company")).to_be_visible()
    expect(rep.page.locator("thead").get_by_text("Country")).to_have_count(0)
    rep.go("/admin/leads/columns")
    rep.page.get_by_role("button", name="Reset to default").click()
    rep.page.wait_for_url(lambda address: "columns" not in address)
    expect(rep.page.locator("thead").get_by_text("Country")).to_be_visible()
