"""Two duplicates are merged in a browser, and the merge is undone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard
IN_TRASH = "SELECT count(*) FROM leads_lead WHERE deleted_at IS NOT NULL AND last_name = 'Zimmerqq'"
CITY = "SELECT city FROM leads_lead WHERE id = {}"
INTO = 'SELECT count(*) FROM crm_mergedrecord WHERE "into" = {}'


def add_lead(someone, leadwell, email: str, city: str) -> int:
    someone.go("/admin/leads/new")
    page = someone.page
    page.get_by_role("textbox", name="Last name").fill("Zimmerqq")
    page.get_by_role("textbox", name="Email", exact=True).fill(email)
    if not page.get_by_role("textbox", name="City").is_visible():
        page.get_by_text("More fields").first.click()
    page.get_by_role("textbox", name="City").fill(city)
    page.get_by_role("button", name="Save", exact=True).click()
    # Whether the form asks depends on the rules of duplicates, which other tests of the same server change.
    question = page.get_by_role("button", name="Save anyway")
    expect(question.or_(page.get_by_role("heading", name="Timeline"))).to_be_visible()
    if question.is_visible():
        question.click()
    page.wait_for_url(re.compile(r"/admin/leads/\d+"))
    return ask(leadwell, "SELECT max(id) FROM leads_lead WHERE last_name = 'Zimmerqq'")


@pytest.mark.parametrize(
    "javascript",
    [True, pytest.param(False, marks=pytest.mark.nightly)],
    ids=["with scripts", "without scripts"],
)
def test_two_duplicates_are_merged_and_the_merge_is_undone(javascript, window, leadwell):
    someone = window("admin", javascript=javascript)
    page = someone.page
    before = ask(leadwell, IN_TRASH)
    email = f"zimmer-{'with' if javascript else 'without'}@merge.example"
    one = add_lead(someone, leadwell, email, "Cluj")
    two = add_lead(someone, leadwell, email, "Sibiu")
    someone.go(f"/admin/duplicates/merge/lead?record={one}&record={two}")
    page.get_by_role("radio", name=f"Keep Zimmerqq (#{one})").check()
    page.get_by_role("row", name=re.compile("^City")).get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Merge leads").click()
    page.wait_for_url(re.compile(rf"/admin/leads/{one}"))
    assert ask(leadwell, CITY.format(one)) == "Sibiu"
    assert ask(leadwell, IN_TRASH) == before + 1
    expect(page.get_by_text("merged other records into this one").first).to_be_visible()
    page.locator("#notice .message").get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/admin/operations/\d+"))
    assert ask(leadwell, CITY.format(one)) == "Cluj"
    assert ask(leadwell, CITY.format(two)) == "Sibiu"
    assert ask(leadwell, INTO.format(one)) == 0
    assert ask(leadwell, IN_TRASH) == before
