"""The palette and the help sheet: every page of the navigation is found, and every key of a page is listed."""

import re
from pathlib import Path

import pytest

from tests.browser.pages.every_page import PAGES
from tests.examples import one_in

KEY_OF = re.compile(r'data-key="(\w)"|value == "\w+" %}data-key="(\w)"')
LINKS = re.compile(r'<a class="grow" href="([^"?]+)[^"]*">([^<]+)</a>')
# Parts of other pages, their dialogs, and pages that a signed-in user doesn't need.
NOT_IN_THE_PALETTE = {
    "/login", "/password/forgotten", "/password/sent", "/offline", "/oauth/authorize", "/admin/jump", "/admin/leads/999999999",
    "/admin/duplicates/merge/lead", "/admin/duplicates/known/lead", "/admin/duplicates/known/contact", "/admin/duplicates/known/company",
    "/admin/duplicates/exact", "/admin/scores/new", "/admin/scores/proposal",
    "/admin/privacy/person", "/admin/privacy/person/erase", "/admin/privacy/erasures",
    "/admin/leads/pipelines/ready/agency", "/admin/leads/board/figures", "/admin/leads/sources/order", "/admin/leads/views/new",
    "/admin/companies/views/new", "/admin/leads/fields/new", "/admin/companies/fields/new", "/confirm",
    "/profile/two-step/app", "/admin/leads/named", "/admin/companies/named", "/admin/contacts/named",
    "/admin/contacts/views/new", "/admin/contacts/fields/new", "/admin/api/api_management/new-scim",
    "/admin/deals/named", "/admin/deals/views/new", "/admin/deals/fields/new", "/admin/deals/board/figures",
    "/admin/requests/views/new", "/admin/requests/fields/new", "/admin/requests/named", "/admin/rules/new", "/admin/rules/log",
    "/profile/mailbox/edit", "/profile/mailbox/remove",
    "/profile/connected-calendar/edit", "/profile/connected-calendar/remove",
    "/admin/mailboxes/clients", "/admin/mailboxes/clients/microsoft", "/admin/tasks/export", "/admin/forms/stop-words",
    "/admin/today/arrange", "/admin/demo", "/admin/reports/save", "/admin/reports/funnel/schedule",
    "/admin/reports/funnel/dashboard",
    "/admin/privacy/processing/edit", "/forms/contact-us", "/forms/contact-us/sent", "/forms/contact-us/confirmed",
    "/book/meet-us", "/book/meet-us/time",
}  # fmt: skip
PART = re.compile(r"/(count|filter|columns|fields/built-in|automations/conditions)(/|$)")


def palette(browser, text: str = "") -> dict[str, str]:
    """The label of each page by its path."""
    found = LINKS.findall(browser.get("/admin/jump", {"q": text}).text)
    return {path: label.strip() for path, label in found}


@pytest.mark.parametrize("name", one_in(4, ["ada", "ann", "bob", "oscar", "conrad"]))
def test_each_entry_of_the_navigation_and_of_the_settings_is_found_by_its_name(name, cast, ada, sign_in):
    browser = sign_in(ada if name == "ada" else getattr(cast, name))
    page = browser.get("/profile")
    tabs = [tab for group in page.context["settings"] for tab in group.tabs]
    entries = [*page.context["rail"], *page.context["rail_foot"], *tabs]
    listed = palette(browser)
    assert {entry.path for entry in entries} - listed.keys() == set()
    for entry in tabs:
        assert entry.path in palette(browser, entry.label), entry.label
    for path in listed:
        assert browser.get(path, follow=True).status_code == 200, path


def test_each_page_that_needs_no_number_is_in_the_palette(ada, sign_in):
    pages = {address.partition("?")[0] for address in PAGES.values() if "{" not in address}
    pages = {path for path in pages if not PART.search(path)} - NOT_IN_THE_PALETTE
    assert pages - palette(sign_in(ada)).keys() == set()


def test_the_help_sheet_lists_every_key_that_pages_set():
    sheets = [Path("templates/records", name).read_text() for name in ("_keys.html", "_queue_keys.html")]
    listed = {key for sheet in sheets for key in re.findall(r"<kbd>([^<]+)</kbd>", sheet)}
    templates = [path.read_text() for path in Path("templates").rglob("*.html")]
    used = {key for text in templates for found in KEY_OF.findall(text) for key in found if key}
    assert {"n", "c", "u"} <= used
    assert used - listed == set()


def test_the_help_sheet_lists_the_keys_of_the_page_that_it_is_opened_on(ada, sign_in, make_lead):
    browser, lead = sign_in(ada), make_lead()
    words = {
        f"/admin/leads/{lead.pk}": "log a call: type what was said",
        "/admin/leads/queue": "in the queue: outcome, skip, undo",
        "/admin/leads/board?all=1": "move the card one column",
    }
    texts = {path: browser.get(path).text for path in words}
    for path, text in texts.items():
        assert [word for word in words.values() if word in text] == [words[path]]


def test_settings_show_the_pages_of_one_group_and_only_groups_with_pages_for_the_user(
    ada, sign_in, someone_with
):
    page = sign_in(ada).get("/admin/leads/sources")
    groups = [group.label for group in page.context["settings"]]
    assert groups == ["Company", "People", "Sales", "Rules", "Programs", "Security", "Mailings"]
    tabs = re.search(r'<nav class="tabs".*?</nav>', page.text, re.DOTALL)[0]
    assert 'href="/admin/leads/statuses"' in tabs
    assert 'href="/admin/users"' not in tabs
    eve = sign_in(someone_with("view_lead", "view_source", "see_departments")).get("/admin/leads/sources")
    assert [group.label for group in eve.context["settings"]] == ["Sales"]
    assert 'class="groups"' not in eve.text
