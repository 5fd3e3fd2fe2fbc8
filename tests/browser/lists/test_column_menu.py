"""The menu of a column: by keyboard, with the mouse, with a finger, and without JavaScript."""

import re

import pytest

pytestmark = pytest.mark.hard
OPENER = "thead th[data-col=status] > a:not(.sort)"


def columns(page) -> list[str]:
    return [words.strip() for words in page.locator("thead th[scope=col]").all_inner_texts()]


def test_the_keyboard_sorts_from_the_menu_and_returns_to_the_header(window):
    manager = window("manager")
    manager.go("/admin/leads?all=1")
    page = manager.page
    page.locator(OPENER).focus()
    page.keyboard.press("Enter")
    page.locator("#inline a:focus").wait_for()
    assert page.locator("#inline").get_attribute("aria-label") == "Column Status"
    page.get_by_role("link", name="Sort descending").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"sort=-status"))
    page.locator("th[data-col=status][aria-sort=descending]").wait_for()
    assert not page.locator("#inline").evaluate("menu => menu.matches(':popover-open')")
    page.locator("th[data-col=status] a:focus").wait_for()
    page.locator(OPENER).focus()
    page.keyboard.press("Enter")
    page.locator("#inline a:focus").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.ariaLabel") == "Column Status"


@pytest.mark.parametrize(
    "javascript",
    [True, pytest.param(False, marks=pytest.mark.nightly)],
    ids=["with JavaScript", "without JavaScript"],
)
def test_a_column_is_moved_and_a_value_chosen_from_its_menu(window, javascript):
    manager = window(javascript=javascript)
    manager.sign_in("manager")
    manager.go("/admin/leads?vip=no")
    page = manager.page
    before = columns(page)
    place = before.index("Status")
    page.locator(OPENER).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move left").click()
    page.wait_for_url(re.compile(r"/admin/leads\?vip=no$"))
    after = columns(page)
    assert after.index("Status") == place - 1
    assert sorted(after) == sorted(before)
    page.locator(OPENER).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Without New").click()
    page.wait_for_url(re.compile(r"vip=no&status=\d+&status_not=on"))
    page.locator(".filters").get_by_text("not New").wait_for()
    page.locator(OPENER).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move right").click()
    page.wait_for_url(re.compile(r"status_not=on&vip=no$"))
    assert columns(page) == before


def test_the_menu_opens_the_filter_form_of_its_field(window):
    manager = window("manager")
    manager.go("/admin/leads?all=1")
    page = manager.page
    page.locator("thead th[data-col=company]").hover()
    page.locator("thead th[data-col=company] > a:not(.sort)").click()
    page.get_by_role("link", name="Filter by company").click()
    page.locator("dialog[open] [name=text]:focus").wait_for()
    page.keyboard.type("log")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"company\.contains=log$"))


def test_a_cell_leads_to_the_list_with_only_its_value(window):
    manager = window("manager")
    manager.go("/admin/leads?vip=no")
    page = manager.page
    page.locator("tbody td[data-col=status] a").first.click()
    page.locator("#inline").get_by_role("link", name=re.compile("^Filter: ")).click()
    page.wait_for_url(re.compile(r"vip=no&status=\d+$"))
    assert not page.locator("#inline").evaluate("menu => menu.matches(':popover-open')")
