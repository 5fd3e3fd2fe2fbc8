"""A field for a day is a text in the order of the page, with the browser's calendar beside it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.hard
# What the browser's calendar does when a day is chosen in it.
CHOOSE = """(picker) => { picker.value = "2031-03-05"; picker.dispatchEvent(new Event("change", { bubbles: true })); }"""


@pytest.mark.parametrize("width", [1440, 390])
def test_a_day_chosen_in_the_calendar_is_written_as_the_page_writes_days(window, width):
    page = window("rep", width=width, height=844).page
    page.goto("/admin/tasks/new")
    field = page.locator("#id_new_day")
    field.fill("7 Apr 2031")
    page.locator(".day-input:has(#id_new_day)").get_by_role("button", name="Open the calendar").click()
    picker = page.locator(".day-picker")
    expect(picker).to_have_value("2031-04-07")
    picker.evaluate(CHOOSE)
    expect(field).to_have_value("5 Mar 2031")


def test_the_calendar_is_opened_by_alt_and_the_arrow(window):
    page = window("rep").page
    page.goto("/admin/tasks/new")
    page.locator("#id_new_day").press("Alt+ArrowDown")
    expect(page.locator(".day-picker")).to_be_focused()


def test_without_javascript_a_day_is_typed_and_a_bad_one_stays_with_a_sentence(window):
    plain = window(javascript=False)
    plain.sign_in("rep")
    plain.go("/admin/tasks/new")
    page = plain.page
    expect(page.get_by_role("button", name="Open the calendar")).to_have_count(0)
    page.locator("#id_new_day").fill("31.2.2031")
    page.get_by_role("button", name="Add task").click()
    expect(page.locator("#id_new_day_error")).to_have_text("Enter a date like 25 Nov 2026.")
    expect(page.locator("#id_new_day")).to_have_value("31.2.2031")


def test_a_condition_on_a_date_asks_only_for_what_its_operator_compares_with(window):
    page = window("rep").page
    page.goto("/admin/leads/filter/created_at")
    for operator, asked in {"between": ["From", "To"], "after": ["Date"], "in": ["Period"]}.items():
        page.get_by_label("Condition").select_option(operator)
        shown = [
            label
            for label in ("From", "To", "Date", "Period")
            if page.get_by_label(label, exact=True).is_visible()
        ]
        assert shown == asked
