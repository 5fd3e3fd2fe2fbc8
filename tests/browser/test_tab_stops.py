"""The keyboard without shortcuts: a short way to the first lead, and a focus that isn't lost from record to record."""

import pytest

from tests.browser.pages.every_page import ask
from tests.browser.test_urgent import REP

pytestmark = pytest.mark.hard
MOST = 12


def test_the_first_lead_of_a_list_is_at_most_twelve_stops_away(window):
    rep = window("rep")
    rep.go("/admin/leads")
    first = rep.page.locator(".records tbody th a").first
    stops = 0
    while not first.evaluate("link => link === document.activeElement"):
        stops += 1
        assert stops <= MOST
        rep.page.keyboard.press("Tab")
        if rep.page.evaluate("document.activeElement.matches('[data-skips]')"):
            rep.page.keyboard.press("Enter")
            stops += 1
    assert stops == 3


@pytest.mark.parametrize("by", ["single keys", "the links"])
def test_the_next_and_the_previous_record_have_the_focus_on_their_name(window, by):
    rep = window("rep")
    rep.go("/admin/leads")
    page = rep.page
    page.locator(".records tbody th a").first.press("Enter")
    page.wait_for_url("**/admin/leads/*")
    seen = [page.locator("h1").inner_text()]
    for key in ("j", "k"):
        with page.expect_navigation():
            page.keyboard.press(key) if by == "single keys" else page.locator(
                f".crumbs [data-key={key}]"
            ).press("Enter")
        page.wait_for_function("document.activeElement.localName === 'h1'")
        seen.append(page.locator("h1").inner_text())
    assert seen[0] == seen[2] != seen[1]


def test_who_can_see_a_lead_opens_from_its_menu_and_the_focus_returns(window, leadwell):
    rep = window("rep")
    page = rep.page
    rep.go(
        f"/admin/leads/{ask(leadwell, f'SELECT max(id) FROM leads_lead WHERE owner_id = ({REP}) AND deleted_at IS NULL')}"
    )
    page.locator("main").get_by_role("button", name="More").click()
    page.get_by_role("link", name="Who can see this").click()
    page.locator("#inline").get_by_text("You can see this because").wait_for()
    assert not page.locator("#record-more").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#inline").is_visible()


def test_the_composer_is_one_line_until_something_is_written(window, leadwell):
    rep = window("rep")
    page = rep.page
    rep.go(
        f"/admin/leads/{ask(leadwell, f'SELECT max(id) FROM leads_lead WHERE owner_id = ({REP}) AND deleted_at IS NULL')}"
    )
    text, add = page.locator(".composer [name=text]"), page.locator(".composer .other")
    assert text.bounding_box()["height"] < 40
    assert not add.is_visible()
    text.fill("One\nTwo\nThree\nFour\nFive")
    assert text.bounding_box()["height"] > 80
    assert add.is_visible()
