"""Alternatives on screen: made in the form "Add filter", read as a sentence, turned into "all" and back."""

import re

import pytest

pytestmark = pytest.mark.hard


@pytest.mark.parametrize(
    "javascript",
    [True, pytest.param(False, marks=pytest.mark.nightly)],
    ids=["with JavaScript", "without JavaScript"],
)
def test_an_alternative_is_added_changed_and_turned(window, javascript):
    manager = window(javascript=javascript)
    manager.sign_in("manager")
    manager.go("/admin/leads?country=RO&sort=name")
    page = manager.page
    page.get_by_role("link", name="Filter", exact=True).click()
    page.get_by_role("link", name=re.compile("^Or…?$")).click()
    page.get_by_text("country Romania or").wait_for()
    page.locator("#fields-to-filter").get_by_role("link", name="Company", exact=True).click()
    page.get_by_label("Value", exact=True).fill("steel")
    page.get_by_role("button", name="Show leads").click()
    page.wait_for_url(re.compile(r"any\.company\.contains=steel"))
    words = " ".join(page.locator(".filters").inner_text().split())
    assert words.startswith("Filtered by country Romania or company contains “steel” Match all")
    page.get_by_role("link", name="company contains “steel”").first.click()
    page.get_by_label("Value", exact=True).fill("wood")
    page.get_by_role("button", name="Show leads").click()
    page.wait_for_url(re.compile(r"any\.company\.contains=wood"))
    page.get_by_role("link", name="Match all").click()
    page.wait_for_url(re.compile(r"\bcountry=RO&company\.contains=wood"))
    page.get_by_role("link", name="Match any").click()
    page.wait_for_url(re.compile(r"any\.country=RO&any\.company\.contains=wood"))
