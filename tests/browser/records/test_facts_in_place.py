"""Facts of a record's page that are edited in their place: by click and by keys, with errors beside them and Undo."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.test_urgent import REP

pytestmark = pytest.mark.hard


@pytest.fixture
def lead(window, leadwell):
    """The page of a lead of the rep, and its number."""
    rep = window("rep")
    query = f"SELECT max(id) FROM leads_lead WHERE owner_id = ({REP}) AND deleted_at IS NULL AND phone <> ''"
    number = ask(leadwell, f"{query} AND email <> '' AND client_id IS NULL")
    rep.go(f"/admin/leads/{number}")
    return rep.page, number


def fact(page, name):
    return page.locator(f"#facts [data-fact={name}]")


def test_a_click_opens_the_field_enter_saves_it_and_undo_is_offered(lead, leadwell):
    page, number = lead
    fact(page, "phone").locator(".edits").click()
    field = page.locator(".fact-form [name=phone]")
    expect(field).to_be_focused()
    field.fill("+40 722 123 499")
    field.press("Enter")
    expect(fact(page, "phone").locator(".edits")).to_be_focused()
    expect(fact(page, "phone")).to_contain_text("123")
    expect(page.locator("#notice").get_by_role("button", name="Undo")).to_be_visible()
    assert ask(leadwell, f"SELECT phone_normal FROM leads_lead WHERE id = {number}").endswith("722123499")
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.wait_for_load_state()
    assert not ask(leadwell, f"SELECT phone_normal FROM leads_lead WHERE id = {number}").endswith("722123499")


def test_an_error_stays_beside_the_field_with_what_was_typed_and_escape_goes_back(lead):
    page, _number = lead
    edits = fact(page, "email").locator(".edits")
    edits.press("Enter")
    field = page.locator(".fact-form [name=email]")
    field.fill("nonsense")
    field.press("Enter")
    wrong = page.locator(".fact-form [name=email][aria-invalid=true]")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("nonsense")
    described = wrong.get_attribute("aria-describedby").split()
    assert "id_email_error" in described
    assert page.locator("#id_email_error").is_visible()
    wrong.press("Escape")
    expect(page.locator(".fact-form")).to_have_count(0)
    expect(edits).to_be_focused()


def test_tab_saves_and_goes_on_to_the_next_fact_and_shift_tab_back(lead, leadwell):
    page, number = lead
    fact(page, "email").locator(".edits").press("Enter")
    page.locator(".fact-form [name=email]").fill("tabbed@demo.example")
    page.locator(".fact-form [name=email]").press("Tab")
    phone = page.locator(".fact-form [name=phone]")
    expect(phone).to_be_focused()
    assert ask(leadwell, f"SELECT email FROM leads_lead WHERE id = {number}") == "tabbed@demo.example"
    phone.press("Shift+Tab")
    expect(page.locator(".fact-form [name=email]")).to_be_focused()
    expect(page.locator(".fact-form [name=email]")).to_have_value("tabbed@demo.example")
