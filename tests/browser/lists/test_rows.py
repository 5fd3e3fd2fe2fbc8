"""A click anywhere on a row opens the lead; the row's own controls keep their clicks."""

import re

import pytest

pytestmark = pytest.mark.hard


@pytest.fixture
def manager(window):
    manager = window("manager")
    manager.go("/admin/leads?all=1")
    return manager


@pytest.fixture
def row(manager):
    """The first one that can be changed: an erased person's can't."""
    return manager.page.locator(".records tbody tr:has(td[data-col=status] a)").first


def address(row) -> re.Pattern:
    return re.compile(rf"/admin/leads/{row.get_attribute('id').removeprefix('row-')}\b")


def test_a_click_on_a_cell_without_a_link_opens_the_lead(manager, row):
    wanted = address(row)
    row.locator("td[data-col=added]").click()
    manager.page.wait_for_url(wanted)


@pytest.mark.parametrize("click", [{"button": "middle"}, {"modifiers": ["Control"]}])
def test_a_middle_click_or_one_with_control_opens_a_new_tab(click, manager, row):
    before, wanted = manager.page.url, address(row)
    with manager.page.context.expect_page() as opened:
        row.locator("td[data-col=added]").click(**click)
    opened.value.wait_for_url(wanted)
    assert manager.page.url == before


def test_a_click_beside_the_checkbox_or_on_a_control_does_not_open_the_lead(manager, row):
    before = manager.page.url
    row.locator("td[data-col=tick]").click(position={"x": 2, "y": 2})
    row.locator("td[data-col=status] a").click()
    manager.page.locator("#inline:popover-open").wait_for()
    manager.page.keyboard.press("Escape")
    assert manager.page.url == before


def test_dragging_over_text_in_a_row_selects_it_and_does_not_open_the_lead(manager, row):
    before, box = manager.page.url, row.locator("td[data-col=added]").bounding_box()
    middle = box["y"] + box["height"] / 2
    manager.page.mouse.move(box["x"] + box["width"] - 2, middle)
    manager.page.mouse.down()
    manager.page.mouse.move(box["x"] + 2, middle, steps=5)
    manager.page.mouse.up()
    assert manager.page.evaluate("String(getSelection())")
    assert manager.page.url == before
