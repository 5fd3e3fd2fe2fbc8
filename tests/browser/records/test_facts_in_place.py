"""Facts of a record's page that are edited in their place: by click and by keys, with errors beside them and Undo."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.test_looks import LOOK, violations_of
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


@pytest.fixture
def lost_deal(window, leadwell):
    """The page of a lost deal of the rep, and its number."""
    rep = window("rep")
    query = "SELECT max(deal.id) FROM customers_deal deal JOIN leads_status status ON status.id = status_id"
    mine = f"deal.owner_id = ({REP}) AND deal.deleted_at IS NULL AND description = ''"
    number = ask(leadwell, f"{query} WHERE kind = 'lost' AND {mine}")
    rep.go(f"/admin/deals/{number}")
    return rep, number


def test_the_name_is_edited_in_the_heading_with_its_error_beside_it_and_undone(lost_deal, leadwell):
    window, number = lost_deal
    page, query = window.page, f"SELECT name FROM customers_deal WHERE id = {number}"
    was = ask(leadwell, query)
    pencil = page.get_by_role("link", name=f"Edit name: {was}")
    pencil.press("Enter")
    field = page.locator("header .fact-form [name=name]")
    expect(field).to_be_focused()
    expect(field).to_have_value(was)
    field.fill("")
    field.press("Enter")
    wrong = page.locator("header .fact-form [name=name][aria-invalid=true]")
    expect(wrong).to_be_focused()
    assert page.locator("#id_name_error").is_visible()
    assert flaws(window) == []
    field.fill("Pumps for Iași")
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pumps for Iași")
    expect(page.get_by_role("link", name="Edit name: Pumps for Iași")).to_be_focused()
    expect(page).to_have_title(re.compile("Pumps for Iași"))
    page.locator("#notice").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Pumps for Iași → {was}")
    assert ask(leadwell, query) == was


def test_tab_goes_from_the_heading_to_the_buttons_of_what_is_next_and_of_the_status(lead, leadwell):
    page, number = lead
    page.locator("header [data-edit]").press("Enter")
    last = page.locator("header .fact-form [name=last_name]")
    last.fill("Tabbed")
    last.press("Tab")
    button = page.locator("[data-own]").filter(visible=True).first.locator("a, button").first
    expect(button).to_be_focused()
    assert ask(leadwell, f"SELECT last_name FROM leads_lead WHERE id = {number}") == "Tabbed"
    # Back from the first fact to the last of these buttons.
    page.locator("#facts .edits").filter(visible=True).first.press("Enter")
    page.locator(".fact-form :is(input, select):not([type=hidden])").first.press("Shift+Tab")
    expect(page.locator("[data-own=status] :is(a, button)").first).to_be_focused()


def test_the_lost_reason_is_edited_where_it_stands(lost_deal, leadwell):
    window, number = lost_deal
    page = window.page
    page.locator(".reason .edits").press("Enter")
    expect(page.locator(".reason .fact-form [name=lost_reason]")).to_be_focused()
    assert flaws(window) == []
    remark = page.locator(".reason .fact-form [name=lost_remark]")
    remark.fill("They wait for spring")
    remark.press("Enter")
    expect(page.locator(".reason")).to_contain_text("They wait for spring")
    expect(page.locator(".reason .edits")).to_be_focused()
    query = f"SELECT lost_remark FROM customers_deal WHERE id = {number}"
    assert ask(leadwell, query) == "They wait for spring"


def test_the_first_description_is_added_among_the_facts_and_then_stands_in_its_card(lost_deal):
    window, _number = lost_deal
    page = window.page
    page.locator(".more-facts summary").click()
    page.get_by_role("link", name="Add description").click()
    page.locator(".fact-form [name=description]").fill("Wants pumps")
    page.locator(".fact-form [name=description]").press("Control+Enter")
    expect(page.locator("#description")).to_contain_text("Wants pumps")
    expect(page.locator("#description .edits")).to_be_focused()
    assert flaws(window) == []
    page.locator("#description .prose").click()
    text = page.locator("#description .fact-form [name=description]")
    expect(text).to_have_value("Wants pumps")
    assert flaws(window) == []
    text.fill("First line\nSecond line")
    text.press("Control+Enter")
    expect(page.locator("#description .prose")).to_contain_text("Second line")


def flaws(window):
    return window.page.evaluate(LOOK, {"layout": True, "contrast": True, "narrow": False}) + violations_of(
        window
    )
