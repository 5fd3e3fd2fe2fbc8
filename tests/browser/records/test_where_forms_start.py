"""Where the cursor is when a page with a form opens, and when it comes back with an error."""

import re

import pytest

pytestmark = pytest.mark.hard

FIRST_LEAD = ".records tbody th a"
FOCUS = "document.activeElement.name || document.activeElement.localName"


@pytest.fixture
def manager(window):
    return window("manager")


def get_first_lead(manager) -> str:
    """The path of a lead with an email address."""
    manager.go("/admin/leads?email=example")
    return manager.page.locator(FIRST_LEAD).first.get_attribute("href").split("?")[0]


def focus(manager) -> str:
    return manager.page.evaluate(FOCUS)


def test_a_bulk_change_asks_for_its_value_first(manager):
    manager.go("/admin/leads?all=1")
    manager.page.locator("tbody .tick").first.check()
    manager.page.locator(".bulk").get_by_role("button", name="Assign").click()
    manager.page.wait_for_url(re.compile(r"/bulk/\d+/assign"))
    assert focus(manager) == "owner"


@pytest.mark.parametrize("path", ["/admin/tasks/new", "/admin/tasks/calendar/new"])
def test_a_new_task_starts_with_its_title(manager, path):
    manager.go(path)
    assert focus(manager) == "title"


def test_an_email_starts_with_what_is_still_empty(manager):
    manager.go(f"{get_first_lead(manager)}/email?to=email")
    assert focus(manager) == "subject"


def test_a_task_that_was_not_added_starts_in_the_field_with_the_error(manager):
    manager.go(get_first_lead(manager))
    page = manager.page
    page.keyboard.press("t")
    page.keyboard.type("Send the offer")
    page.keyboard.press("Tab")
    page.keyboard.type("some day")
    page.keyboard.press("Control+Enter")
    page.locator(".planner [aria-invalid=true]").wait_for()
    assert focus(manager) == "due_on"
