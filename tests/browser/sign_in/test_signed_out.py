"""Signed out midway, in another tab, or on purpose: users get a message, come back, and never act for another user."""

import re

import pytest

from tests.browser.window import PASSWORD

pytestmark = pytest.mark.hard

LOST = "You were signed out, so your last changes weren’t saved."


def end_session(browser) -> None:
    browser.context.clear_cookies(name="sessionid")


def enter(browser, account: str, page=None) -> None:
    """Fill in the open sign-in page, without opening another one."""
    page = page or browser.page
    page.get_by_label("Email").fill(f"{account}@demo.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).first.click()
    page.wait_for_url(lambda url: "/login" not in url)


def test_after_signing_out_the_back_button_shows_no_earlier_page(window):
    browser = window()
    browser.sign_in("rep")
    browser.go("/profile")
    browser.page.get_by_role("button", name="Sign out", exact=True).click()
    browser.page.wait_for_url("**/login")
    browser.page.go_back()
    browser.page.wait_for_url("**/login?next=/profile")


def test_a_filter_after_the_session_ended_goes_through_sign_in_back_to_the_list(window):
    browser = window()
    browser.sign_in("rep")
    browser.go("/admin/leads?vip=yes&newsletter=none")
    end_session(browser)
    browser.page.locator("#search").press_sequentially("ana")
    browser.page.wait_for_url("**/login?*")
    assert browser.page.get_by_text(LOST).count() == 0
    enter(browser, "rep")
    assert browser.page.url.endswith("/admin/leads?vip=yes&newsletter=none")


def test_a_small_form_after_the_session_ended_says_so_and_keeps_what_was_chosen(window):
    browser = window()
    browser.sign_in("rep")
    browser.go("/admin/leads?owner=me")
    browser.page.locator("tbody td[data-col=next] > a").first.click()
    browser.page.locator("#inline button").first.wait_for()
    end_session(browser)
    menu = browser.page.locator("#inline form").first
    menu.locator("[name=text]").fill("Send the price list")
    menu.get_by_role("button", name="Tomorrow", exact=True).click()
    said = menu.get_by_role("alert").filter(has_text="You were signed out. What you entered is kept here.")
    said.wait_for()
    assert browser.page.url.endswith("/admin/leads?owner=me")
    assert menu.locator("[name=text]").input_value() == "Send the price list"
    with browser.context.expect_page() as opened:
        said.get_by_role("link", name="Sign in").click()
    enter(browser, "rep", opened.value)
    menu.get_by_role("button", name="Tomorrow", exact=True).click()
    browser.page.locator("#inline:popover-open").wait_for(state="detached")
    # Of a lead whose next action is for tomorrow already, only the text changes.
    browser.page.locator("#notice").get_by_text(re.compile(r"have changed\.|changed from")).wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_form_after_the_session_ended_is_reported_as_lost(window, javascript):
    browser = window(javascript=javascript)
    browser.sign_in("rep")
    browser.go("/profile")
    browser.page.locator("#id_name").fill("Somebody else")
    end_session(browser)
    browser.page.get_by_role("button", name="Save", exact=True).click()
    browser.page.wait_for_url("**/login?*")
    assert browser.page.get_by_text(LOST).is_visible()
    enter(browser, "rep")
    assert browser.page.url.endswith("/profile")
    # Nothing was saved; with JavaScript, the typed text is restored and can be submitted.
    typed = browser.page.locator("#id_name").input_value()
    assert typed == ("Somebody else" if javascript else "Bob Moreau")
    browser.go("/profile")
    assert browser.page.locator("#id_name").input_value() == "Bob Moreau"


def test_a_note_that_was_typed_beside_the_field_for_files_comes_back(window):
    browser = window()
    browser.sign_in("rep")
    browser.go("/admin/leads?owner=me")
    browser.page.locator(".records tbody th a").first.click()
    browser.page.locator(".composer textarea").fill("Wants two licenses")
    end_session(browser)
    browser.page.get_by_role("button", name="Add", exact=True).click()
    browser.page.wait_for_url("**/login?*")
    enter(browser, "rep")
    assert browser.page.locator(".composer textarea").input_value() == "Wants two licenses"


def test_typed_text_does_not_come_back_for_another_user(window):
    browser = window()
    browser.sign_in("rep")
    browser.go("/admin/leads/new")
    browser.page.locator("#id_last_name").fill("Secret of Bob")
    end_session(browser)
    browser.page.get_by_role("button", name="Save", exact=True).click()
    browser.page.wait_for_url("**/login?*")
    enter(browser, "operator")
    assert browser.page.url.endswith("/admin/leads/new")
    assert browser.page.locator("#id_last_name").input_value() == ""


def test_a_form_still_works_when_its_user_signed_in_again_in_another_tab(window):
    browser = window()
    browser.sign_in("rep")
    browser.go("/profile")
    end_session(browser)
    other = browser.tab()
    other.goto("/login")
    enter(browser, "rep", other)
    browser.page.get_by_role("button", name="Save", exact=True).click()
    browser.page.get_by_text("Saved.").wait_for()


def test_a_form_is_refused_when_another_user_signed_in_in_another_tab(window):
    browser = window()
    browser.sign_in("rep")
    browser.go("/profile")
    browser.page.locator("#id_name").fill("Bob Moreau")
    other = browser.tab()
    other.goto("/profile")
    other.get_by_role("button", name="Sign out", exact=True).click()
    other.wait_for_url("**/login")
    enter(browser, "manager", other)
    browser.page.get_by_role("button", name="Save", exact=True).click()
    browser.page.get_by_text("This form has expired").wait_for()
    other.goto("/profile")
    assert other.locator("#id_name").input_value() == "Mihai Ionescu"
