"""A stage that requires a field asks for it where the deal is moved: on its page and in the list. Won requires an amount."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.test_looks import LOOK, violations_of

pytestmark = pytest.mark.hard

OPEN = "status_id IN (SELECT id FROM leads_status WHERE kind IN ('qualified', 'proposal'))"
ROMANIA = "department_id = (SELECT id FROM accounts_department WHERE name = 'Sales Romania')"


def without_an_amount(leadwell) -> str:
    query = f"SELECT max(id) FROM customers_deal WHERE {OPEN} AND deleted_at IS NULL AND value IS NULL AND {ROMANIA}"
    return str(ask(leadwell, query))


def state(leadwell, number: str) -> str:
    joined = "customers_deal deal JOIN leads_status status ON status.id = status_id"
    return ask(leadwell, f"SELECT concat(kind, ' ', value::int) FROM {joined} WHERE deal.id = {number}")


def test_the_page_of_a_deal_asks_over_its_path_and_shows_an_error_there(window, leadwell):
    manager, number = window("manager"), without_an_amount(leadwell)
    page = manager.page
    manager.go(f"/admin/deals/{number}")
    address = page.url
    page.locator(".path").get_by_role("link", name="Won").click()
    menu = page.locator("#inline:popover-open")
    expect(menu.locator("[name=value]")).to_be_focused()
    assert (
        page.evaluate(LOOK, {"layout": True, "contrast": True, "narrow": False}) + violations_of(manager)
        == []
    )
    menu.locator("[name=value]").fill("many")
    menu.locator("[name=value]").press("Enter")
    wrong = menu.locator("[name=value][aria-invalid=true]")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("many")
    assert page.url == address
    menu.locator("[name=value]").fill("900")
    menu.locator("[name=value]").press("Enter")
    expect(page.locator("#notice")).to_contain_text("Moved to Won.")
    assert page.url == address
    assert state(leadwell, number) == "won 900"
    page.locator("#notice").get_by_role("button", name="Undo").click()
    expect(page.locator("#notice [role=status]")).to_contain_text("ndone")


def test_the_list_asks_in_the_menu_of_the_stage_and_the_row_shows_the_answer(window, leadwell):
    manager, number = window("manager"), without_an_amount(leadwell)
    page = manager.page
    manager.go(f"/admin/deals?id.is={number}")
    row = page.locator(f"#row-{number}")
    row.locator("td[data-col=status] a").click()
    menu = page.locator("#inline:popover-open")
    menu.get_by_role("link", name="Won").click()
    menu.locator("[name=value]").fill("950")
    menu.get_by_role("button", name="Move to Won").click()
    expect(row.locator("td[data-col=status]")).to_contain_text("Won")
    expect(row.locator("td[data-col=value]")).to_contain_text("950")
    expect(row.locator("td[data-col=status] a")).to_be_focused()
    expect(page.locator("#notice").get_by_role("button", name="Undo")).to_be_visible()
    assert state(leadwell, number) == "won 950"


def test_on_a_phone_the_form_fits_the_screen(window, leadwell):
    manager, number = window("manager", width=390, height=844, dark=True), without_an_amount(leadwell)
    manager.go(f"/admin/deals/{number}")
    manager.page.locator(".path").get_by_role("link", name="Won").click()
    expect(manager.page.locator("#inline [name=value]")).to_be_focused()
    assert manager.page.evaluate(LOOK, {"layout": True, "contrast": True, "narrow": True}) == []
