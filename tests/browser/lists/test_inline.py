"""Inline changes and their conflicts: refused moves, two tabs, two clicks, the Back button after applying."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.window import PATIENCE

pytestmark = pytest.mark.hard


@pytest.fixture
def manager(window):
    manager = window("manager")
    manager.go("/admin/leads?kind=new&sort=-created_at")
    return manager


def saved(answer) -> bool:
    return answer.request.method == "POST" and answer.status == 200


def a_row(window):
    """The first row and its lead's id."""
    name = window.page.locator(".records tbody tr").first.get_attribute("id")
    return window.page.locator(f"#{name}"), int(name.removeprefix("row-"))


def opened(window, row, column: str):
    """The small form that opens for a value of the row."""
    row.locator(f"td[data-col={column}] a").click()
    menu = window.page.locator("#inline:popover-open")
    menu.locator("form").first.wait_for()
    return menu


def test_status_owner_vip_and_next_action_change_in_the_list(manager, leadwell):
    row, number = a_row(manager)
    menu = opened(manager, row, "status")
    with manager.page.expect_response(saved):
        menu.get_by_role("button", name="Contacted").click()
    row.locator("td[data-col=status]", has_text="Contacted").wait_for()

    menu = opened(manager, row, "owner")
    menu.locator("select").select_option(label="Bob Moreau")
    with manager.page.expect_response(saved):
        menu.get_by_role("button", name="Save").click()
    row.locator("td[data-col=owner]", has_text="Bob Moreau").wait_for()

    menu.wait_for(state="hidden")
    was = row.locator(".star").get_attribute("aria-pressed")
    row.locator(".star").click()
    row.locator(f".star:not([aria-pressed={was}])").wait_for()

    menu = opened(manager, row, "next")
    menu.locator("input:visible").first.fill("Show the plant")
    with manager.page.expect_response(saved):
        menu.get_by_role("button", name="Tomorrow", exact=True).click()
    row.locator("td[data-col=next]", has_text="Show the plant").wait_for()
    assert not manager.page.locator("#inline").is_visible()
    found = "SELECT status.key || ',' || owner.email || ',' || next_action FROM leads_lead lead "
    found += (
        "JOIN leads_status status ON status.id = status_id JOIN accounts_user owner ON owner.id = owner_id "
    )
    assert ask(leadwell, f"{found} WHERE lead.id = {number}") == "contacted,rep@demo.example,Show the plant"


def test_a_selected_row_stays_selected_when_it_changes(manager):
    row, _number = a_row(manager)
    row.locator(".tick").check()
    opened(manager, row, "status").get_by_role("button", name="Qualified").click()
    row.locator("td[data-col=status]", has_text="Qualified").wait_for()
    assert row.locator(".tick").is_checked()


def test_lost_asks_for_a_reason_and_shows_an_error_without_one(manager, leadwell):
    row, number = a_row(manager)
    before = ask(leadwell, f"SELECT status_id FROM leads_lead WHERE id = {number}")
    menu = opened(manager, row, "status")
    menu.get_by_role("link", name="Lost").click()
    menu.get_by_role("button", name="Save").click()
    menu.locator("select[name=reason][aria-invalid=true]").wait_for()
    assert menu.locator(".error").first.is_visible()
    assert ask(leadwell, f"SELECT status_id FROM leads_lead WHERE id = {number}") == before


def test_the_second_of_two_planners_sees_the_first_plan_and_may_continue(manager, window, leadwell):
    other = window("admin")
    other.go("/admin/leads?kind=new&sort=-created_at")
    row, number = a_row(manager)
    theirs = other.page.locator(f"#row-{number}")
    first, second = opened(manager, row, "next"), opened(other, theirs, "next")
    first.locator("input:visible").first.fill("Call on Monday")
    first.get_by_role("button", name="Tomorrow", exact=True).click()
    row.locator("td[data-col=next]", has_text="Call on Monday").wait_for()
    second.locator("input:visible").first.fill("Write a letter")
    second.get_by_role("button", name="Next week", exact=True).click()
    second.locator("[role=alert]", has_text="Call on Monday").wait_for()
    assert "Mihai Ionescu" in second.locator("[role=alert]").first.inner_text()
    assert second.locator("input:visible").first.input_value() == "Write a letter"
    second.get_by_role("button", name="Save").click()
    theirs.locator("td[data-col=next]", has_text="Write a letter").wait_for()
    assert ask(leadwell, f"SELECT next_action FROM leads_lead WHERE id = {number}") == "Write a letter"


def test_the_second_of_two_tabs_chooses_between_both_values(manager, leadwell):
    _row, number = a_row(manager)
    other = manager.tab()
    for page, company in ((manager.page, "First SRL"), (other, "Second SRL")):
        page.goto(f"/admin/leads/{number}/edit")
        page.get_by_label("Company", exact=True).fill(company)
    for page in (manager.page, other):
        with page.expect_navigation():
            page.locator(".applybar button[data-kind=primary]").last.click()
    assert re.match("You changed .* in another tab", other.locator("h1").inner_text())
    choices = other.locator("fieldset label").all_inner_texts()
    assert "First SRL" in choices[0]
    assert "Second SRL" in choices[1]
    other.get_by_label("Second SRL").check()
    other.locator(".applybar button[data-kind=primary]").click()
    other.wait_for_url(f"**/admin/leads/{number}")
    assert ask(leadwell, f"SELECT company FROM leads_lead WHERE id = {number}") == "Second SRL"


# Meanwhile the worker does operations of its own.
SHARED = "SELECT count(*) FROM crm_operation WHERE kind = 'share'"


# Each shares other leads, so that it has something to change whichever of the two ran before.
@pytest.mark.parametrize(
    ("javascript", "places"),
    [(True, (0, 1, 2)), (False, (3, 4, 5))],
    ids=["with JavaScript", "without JavaScript"],
)
def test_two_clicks_make_one_operation_and_the_back_button_leads_to_it(window, leadwell, javascript, places):
    manager = window("manager", javascript=javascript)
    manager.go("/admin/leads?kind=new&sort=-created_at")
    for place in places:
        manager.page.locator("tbody .tick").nth(place).check()
    manager.page.locator("button[popovertarget=bulk-more]").click()
    manager.page.locator("#bulk-more button[value=share]").click()
    preview = manager.page.url
    before = ask(leadwell, SHARED)
    manager.page.locator(".applybar button[data-kind]").dblclick()
    # The second click ends the navigation that the first one began, which is no fault of the page.
    expect(manager.page).to_have_url(re.compile(r"/admin/operations/\d+(\?|$)"), timeout=PATIENCE)
    result = manager.page.url
    assert ask(leadwell, SHARED) == before + 1
    manager.page.go_back()
    manager.page.wait_for_url(lambda url: url in (preview, result))
    if manager.page.url == preview:  # the browser has cached the page: submitting it again changes nothing
        manager.page.locator(".applybar button[data-kind]").click()
        manager.page.wait_for_url(result)
    assert ask(leadwell, SHARED) == before + 1
