"""Notes and calls with scripts: the clock of a call, names after an @, and the page without a connection."""

import re

import pytest

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard


CALLED = """SELECT max(l.id) FROM leads_lead l JOIN leads_status s ON s.id = l.status_id JOIN accounts_user u ON u.id = l.owner_id
    WHERE u.email = 'rep@demo.example' AND s.kind = 'new' AND l.phone <> '' AND l.deleted_at IS NULL"""


@pytest.fixture
def lead_page(window, leadwell):
    """The page of a lead of the rep with a phone number, as the manager sees it."""
    manager = window("manager")
    manager.go(f"/admin/leads/{ask(leadwell, CALLED)}")
    manager.page.locator("form.composer").wait_for()
    return manager


def test_a_tap_on_the_number_opens_the_log_of_a_call_with_the_clock_running(lead_page):
    page = lead_page.page
    # The device would ask which program dials.
    page.evaluate(
        """document.addEventListener("click", (event) => event.target.closest("[data-dial]") && event.preventDefault())"""
    )
    # The bar of phones has the number too, and isn't shown here.
    page.locator("[data-dial]:visible").first.click()
    clock = page.locator("[data-clock] time")
    clock.wait_for()
    assert re.fullmatch(r"00:0\d", clock.text_content())
    assert page.locator("form.composer [value=call]").is_checked()
    page.keyboard.type("Will call back")
    page.get_by_role("button", name="No answer").click()
    page.locator(".entry[data-activity=call]", has_text="Will call back").first.wait_for()
    assert (
        "1 min" in page.locator(".entry[data-activity=call]", has_text="Will call back").first.text_content()
    )


def test_a_tap_on_a_number_in_the_list_logs_the_call_on_the_page_of_that_lead(window):
    manager = window("manager")
    manager.go("/admin/leads?all=1&no_phone=&sort=-created_at")
    page = manager.page
    number = page.locator(".records td > a[href^='tel:']").first
    name = number.locator("xpath=ancestor::tr").locator("th a").first.text_content()
    # The device would ask which program dials.
    page.evaluate(
        """document.addEventListener("click", (event) => event.target.matches("td > a") && event.preventDefault())"""
    )
    number.click()
    page.locator("[data-clock] time").wait_for()
    assert page.locator("h1").first.text_content().strip() == name.strip()


def test_a_meeting_shows_its_time_at_once_and_the_button_says_that_it_invites(lead_page):
    page = lead_page.page
    when, button = page.get_by_label("When"), page.locator("form.composer .other")
    assert not when.is_visible()
    page.get_by_label("Meeting", exact=True).check()
    assert when.is_visible()
    assert button.inner_text().strip() == "Add"
    page.get_by_label("Send an invitation by email").check()
    assert button.inner_text().strip() == "Send invitation"
    page.get_by_label("Note", exact=True).check()
    assert (when.is_visible(), button.is_visible()) == (False, False)
    page.locator("#id_activity_text").fill("Wants an offer")
    assert button.inner_text().strip() == "Add"


def test_a_colleague_is_mentioned_by_keyboard(lead_page):
    page = lead_page.page
    text = page.locator("#id_activity_text")
    text.click()
    page.keyboard.type("Please look, @bo")
    page.locator("[role=option]", has_text="Bob Moreau").wait_for()
    assert text.get_attribute("aria-activedescendant") == "mention-0"
    page.keyboard.press("Enter")
    assert text.input_value() == "Please look, @Bob Moreau "
    assert not page.locator("[role=listbox]").count()
    page.keyboard.type("@bo")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("[role=listbox]").count()


def test_enter_takes_no_name_that_was_offered_for_less_than_is_typed(lead_page):
    page = lead_page.page
    text = page.locator("#id_activity_text")
    text.click()
    page.keyboard.type("@")
    page.locator("[role=option]", has_text="Bob Moreau").wait_for()
    assert page.locator("[role=option]").first.inner_text() != "Bob Moreau"
    page.route(re.compile(r"[?&]q=b"), lambda route: None)
    page.keyboard.type("bo")
    page.keyboard.press("Enter")
    assert text.input_value() == "@Bob Moreau "


def test_without_a_connection_the_app_says_so_and_shows_no_data(window):
    rep = window("rep", installed=True)
    rep.go("/admin/tasks")
    rep.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    rep.page.reload()
    rep.context.set_offline(True)
    try:
        rep.page.goto("/admin/leads")
        assert rep.page.get_by_role("heading", name="No connection").is_visible()
        assert not rep.page.locator("table").count()
    finally:
        rep.context.set_offline(False)
        # The browser says itself that there was no connection.
        rep.faults[:] = [fault for fault in rep.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def opened(window) -> str:
    window.page.locator("form.composer").wait_for()
    return window.page.locator("h1").first.text_content().strip()


def another_opens(page, before: str) -> None:
    """Wait for the page of another lead; while it loads there is no heading."""
    page.wait_for_function(
        "(name) => { const heading = document.querySelector('h1'); return heading && heading.textContent.trim() !== name }",
        arg=before,
    )


def test_a_rep_works_ten_leads_by_keyboard(window):
    rep = window("rep")
    rep.go("/admin/leads?status=&sort=-created_at&owner=me")
    page = rep.page
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    worked = []
    for number in range(10):
        worked.append(opened(rep))
        calls = page.locator(".entry[data-activity=call]").count()
        page.keyboard.press("c")
        # "No answer" is the second outcome; the cursor is in the text, where a number is a number.
        page.keyboard.press("Alt+2")
        page.locator(".message", has_text="Logged the call.").wait_for()
        assert page.locator(".entry[data-activity=call]").count() == calls + 1
        if number < 9:
            page.keyboard.press("j")
            another_opens(page, worked[-1])
    assert len(set(worked)) == 10


def test_a_rep_works_ten_leads_by_touch(window):
    rep = window("rep", width=390, height=800)
    rep.go("/admin/leads?sort=-created_at&owner=me")
    page = rep.page
    page.locator(".records tbody tr th a").first.click()
    worked = []
    for number in range(10):
        worked.append(opened(rep))
        page.locator("form.composer label", has_text="Call").click()
        page.get_by_role("button", name="No answer").click()
        page.locator(".message", has_text="Logged the call.").wait_for()
        if number < 9:
            page.locator("[data-key=j]").first.click()
            another_opens(page, worked[-1])
    assert len(set(worked)) == 10
