"""Cells of a list that are edited in their place: by their pencil and by the arrow keys, with errors beside them and Undo."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.test_looks import LOOK, violations_of
from tests.browser.window import PASSWORD

pytestmark = pytest.mark.hard


@pytest.fixture
def manager(window):
    manager = window("manager")
    manager.go("/admin/leads?kind=new&sort=-created_at")
    return manager


@pytest.fixture
def row(manager):
    return manager.page.locator(".records tbody tr:not([data-fixed])").first


def number_of(row) -> str:
    return row.get_attribute("id").removeprefix("row-")


def stored(leadwell, row, name: str) -> str:
    """A value of the row's lead, or of the lead with a number."""
    number = row if isinstance(row, str) else number_of(row)
    return ask(leadwell, f"SELECT {name} FROM leads_lead WHERE id = {number}")


def cell(row, place: str):
    return row.locator(f"[data-col={place}]")


def open_by_mouse(page, row, place: str):
    cell(row, place).hover()
    cell(row, place).locator(".pencil").click()
    return page.locator(".cell-form .input").first


def test_the_pencil_opens_the_field_enter_saves_it_and_undo_is_offered(manager, row, leadwell):
    page = manager.page
    number, name = number_of(row), row.locator("th a").inner_text()
    before = stored(leadwell, number, "company")
    cell(row, "company").hover()
    pencil = page.get_by_role("button", name=f"Edit company of {name}", exact=True)
    pencil.click()
    field = page.locator(".cell-form [name=company]")
    expect(field).to_be_focused()
    field.fill("Carpați Cell SRL")
    field.press("Enter")
    expect(cell(row, "company")).to_contain_text("Carpați Cell SRL")
    expect(cell(row, "company").locator(".pencil")).to_be_focused()
    assert stored(leadwell, row, "company") == "Carpați Cell SRL"
    expect(page.locator("#notice [role=status]")).to_contain_text(name)
    page.locator("#notice").get_by_role("button", name="Undo").click()
    expect(page.locator("#notice [role=status]")).to_contain_text("ndone")
    assert stored(leadwell, number, "company") == before


def test_the_arrow_keys_reach_cells_and_escape_restores_the_value(manager, row, leadwell):
    page = manager.page
    page.keyboard.press("j")
    expect(row.locator("th a")).to_be_focused()
    page.keyboard.press("ArrowRight")
    pencil = cell(row, "phone").locator(".pencil")
    expect(pencil).to_be_focused()
    assert pencil.evaluate("pencil => pencil.tabIndex") == -1
    before = stored(leadwell, row, "phone")
    for opens in ("Enter", "F2"):
        page.keyboard.press(opens)
        field = page.locator(".cell-form [name=phone]")
        expect(field).to_be_focused()
        expect(field).to_have_value(before)
        field.fill("12345")
        field.press("Escape")
        expect(page.locator(".cell-form")).to_have_count(0)
        expect(pencil).to_be_focused()
    assert stored(leadwell, row, "phone") == before
    page.keyboard.press("ArrowDown")
    below = manager.page.locator(".records tbody tr").nth(1)
    expect(cell(below, "phone").locator(".pencil")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(below.locator("th a")).to_be_focused()
    page.keyboard.press("x")
    expect(below.locator(".tick")).to_be_checked()


def test_tab_saves_and_goes_on_to_the_next_cell_and_shift_tab_back(manager, row, leadwell):
    page = manager.page
    field = open_by_mouse(page, row, "company")
    field.fill("Tabbed SRL")
    field.press("Tab")
    expect(page.locator(".cell-form [name=address]")).to_have_count(1)
    expect(page.locator(".cell-form [name=country]")).to_be_focused()
    assert stored(leadwell, row, "company") == "Tabbed SRL"
    page.locator(".cell-form [name=address]").press("Shift+Tab")
    expect(page.locator(".cell-form [name=company]")).to_be_focused()


def test_an_error_stays_beside_the_field_with_what_was_typed(manager, row, leadwell):
    page = manager.page
    before = stored(leadwell, row, "phone")
    field = open_by_mouse(page, row, "phone")
    field.fill("x")
    field.press("Enter")
    wrong = page.locator(".cell-form [name=phone][aria-invalid=true]")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("x")
    expect(page.locator("#id_phone_error")).to_be_visible()
    assert stored(leadwell, row, "phone") == before


def test_the_row_stays_where_it_is_and_selected_when_it_no_longer_matches_the_list(manager, leadwell):
    page = manager.page
    row = page.locator(".records tbody tr:not([data-fixed])").nth(1)
    company = stored(leadwell, row, "company")
    manager.go(f"/admin/leads?q={company}")
    row = page.locator(".records tbody tr:not([data-fixed])").first
    row.locator(".tick").check()
    field = open_by_mouse(page, row, "company")
    field.fill("Other SRL")
    field.press("Enter")
    expect(cell(row, "company")).to_contain_text("Other SRL")
    expect(row.locator(".tick")).to_be_checked()


def test_a_click_elsewhere_saves_what_was_changed_and_does_not_leave_the_list(manager, row, leadwell):
    page, address = manager.page, manager.page.url
    open_by_mouse(page, row, "company").fill("Clicked SRL")
    cell(row, "added").click()
    expect(cell(row, "company")).to_contain_text("Clicked SRL")
    assert stored(leadwell, row, "company") == "Clicked SRL"
    expect(open_by_mouse(page, row, "company")).to_be_focused()
    page.locator("h1").click()
    expect(page.locator(".cell-form")).to_have_count(0)
    assert page.url == address


def test_rows_that_the_user_may_not_change_have_no_pencil(window, leadwell):
    rep = window("rep")
    rep.go("/admin/leads?all=1&shared=on")
    fixed = rep.page.locator(".records tbody tr[data-fixed]").first
    cell(fixed, "company").hover()
    expect(rep.page.locator(".pencil")).to_have_count(0)
    fixed.locator("th a").focus()
    rep.page.keyboard.press("ArrowRight")
    expect(fixed.locator("th a")).to_be_focused()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_open_field_is_in_order_for_eyes_and_screen_readers(window, dark):
    manager = window("manager", dark=dark)
    manager.go("/admin/leads?kind=new&sort=-created_at")
    row = manager.page.locator(".records tbody tr:not([data-fixed])").first
    row.locator("th a").focus()
    manager.page.keyboard.press("ArrowRight")
    wanted = {"layout": not dark, "contrast": True, "narrow": False}
    assert manager.page.evaluate(LOOK, wanted) + violations_of(manager) == []
    manager.page.keyboard.press("Enter")
    expect(manager.page.locator(".cell-form [name=phone]")).to_be_focused()
    assert manager.page.evaluate(LOOK, wanted) + violations_of(manager) == []


def test_a_phone_shows_no_pencil_and_a_tap_on_a_name_opens_the_lead(window):
    rep = window("rep", width=390, height=844)
    rep.go("/admin/leads?all=1")
    name = rep.page.locator(".records tbody tr:not([data-fixed]) th").first
    name.locator("a").hover()
    expect(name.locator(".pencil")).to_be_hidden()
    name.locator("a").click()
    rep.page.wait_for_url("**/admin/leads/*")


def test_without_javascript_the_list_has_no_pencil(window):
    manager = window("manager", javascript=False)
    manager.go("/admin/leads?kind=new&sort=-created_at")
    assert manager.page.locator(".pencil").count() == 0


def test_after_the_session_ended_the_text_stays_until_it_is_saved_after_signing_in(manager, row, leadwell):
    page = manager.page
    open_by_mouse(page, row, "company").fill("Kept SRL")
    manager.context.clear_cookies(name="sessionid")
    page.locator(".cell-form [name=company]").press("Enter")
    said = page.locator(".cell-form [role=alert]")
    expect(said).to_contain_text("You were signed out. What you entered is kept here.")
    with manager.context.expect_page() as opened:
        said.get_by_role("link", name="Sign in").click()
    tab = opened.value
    tab.get_by_label("Email").fill("manager@demo.example")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).first.click()
    tab.wait_for_url("**/admin/leads?*")
    expect(page.locator(".cell-form [name=company]")).to_have_value("Kept SRL")
    page.locator(".cell-form [name=company]").press("Enter")
    expect(page.locator(".cell-form")).to_have_count(0)
    expect(cell(row, "company")).to_contain_text("Kept SRL")
    assert stored(leadwell, row, "company") == "Kept SRL"
