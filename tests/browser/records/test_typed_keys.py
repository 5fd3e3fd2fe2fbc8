"""Keys that are typed into a text box are text: a number in the search, and what was said in a call."""

import re

import pytest

pytestmark = pytest.mark.hard
OPEN_LEADS = "/admin/leads?kind=contacted&kind=qualified"


@pytest.fixture
def manager(window):
    manager = window("manager")
    manager.go(OPEN_LEADS)
    return manager


def press(window, *keys: str) -> None:
    for key in keys:
        window.page.keyboard.press(key)


def rows(window) -> list[str]:
    return [row.get_attribute("id") for row in window.page.locator(".records tbody tr").all()]


def focused(window) -> str:
    return window.page.evaluate("document.activeElement.id")


def test_a_number_typed_slowly_opens_its_record_only_with_enter(manager):
    number = rows(manager)[0].removeprefix("row-")
    press(manager, "/")
    for typed in range(len(number) + 1):
        # Slowly: the list is searched after each key.
        with manager.page.expect_response(re.compile(rf"q=%23{number[:typed]}(&|$)")):
            press(manager, f"#{number}"[typed])
    manager.page.wait_for_function("document.querySelectorAll('.records tbody tr').length === 1")
    assert rows(manager) == [f"row-{number}"]
    press(manager, "Enter")
    manager.page.wait_for_url(re.compile(rf"/admin/leads/{number}\b"))


def test_c_puts_the_cursor_into_the_text_of_a_call_and_alt_with_a_number_logs_it(manager):
    address = manager.page.locator(".records tbody th a").first.get_attribute("href")
    manager.go(address)
    press(manager, "c")
    assert focused(manager) == "id_activity_text"
    manager.page.keyboard.type("left a message, 2 pumps ordered")
    assert manager.page.url.endswith(address)
    with manager.page.expect_navigation():
        press(manager, "Alt+2")
    manager.page.get_by_text("left a message, 2 pumps ordered").first.wait_for()
    # A choice before the text box is no place for commands; Escape leaves the text.
    manager.page.locator("[name=type][value=call]").focus()
    press(manager, "e")
    press(manager, "t")
    assert manager.page.locator(".planner[open]").count() == 0
    press(manager, "c")
    manager.page.locator("#id_activity_text").focus()
    press(manager, "Escape", "t")
    assert focused(manager) == "id_task_title"
