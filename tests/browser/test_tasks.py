"""The page of tasks: a row has one control, tasks are selected in a mode of their own."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.hard


@pytest.mark.parametrize("javascript", [True, False])
def test_a_row_has_one_control_and_tasks_are_selected_in_their_own_mode(window, javascript):
    rep = window(javascript=javascript) if not javascript else window("rep")
    if not javascript:
        rep.sign_in("rep")
    rep.go("/admin/tasks")
    page = rep.page
    circle, box = page.locator(".listing .check").first, page.locator(".listing .tick").first
    complete = page.get_by_role("button", name="Complete", exact=True)
    expect(circle).to_be_visible()
    expect(box).to_be_hidden()
    page.get_by_text("Select tasks").click()
    expect(box).to_be_visible()
    expect(circle).to_be_hidden()
    expect(complete).to_be_hidden()
    box.check()
    expect(complete).to_be_visible()
    box.uncheck()
    expect(complete).to_be_hidden()


def test_who_leaves_the_mode_selects_nothing(window):
    page = window("rep").page
    page.goto("/admin/tasks")
    mode = page.get_by_label("Select tasks")
    mode.focus()
    page.keyboard.press("Space")
    page.get_by_label("Select all tasks on this page").check()
    assert page.locator(".listing .tick:checked").count() > 1
    mode.focus()
    page.keyboard.press("Space")
    expect(page.locator(".listing .check").first).to_be_visible()
    assert page.locator(".listing .tick:checked").count() == 0
