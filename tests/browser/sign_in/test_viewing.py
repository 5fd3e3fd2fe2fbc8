"""An administrator opens Leadwell as a sales rep sees it, and stops."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.test_looks import violations_of

pytestmark = pytest.mark.hard


def test_an_administrator_views_today_as_a_rep_and_stops(window, leadwell):
    admin = window("admin")
    page = admin.page
    pk = ask(leadwell, "SELECT id FROM accounts_user WHERE email = 'rep@demo.example'")
    name = ask(leadwell, "SELECT name FROM accounts_user WHERE email = 'rep@demo.example'")
    admin.go(f"/admin/users/{pk}")
    page.get_by_role("button", name="View as this user").click()
    page.get_by_role("button", name=f"Open Leadwell as {name}").click()
    page.wait_for_url("**/admin/today")
    banner = page.get_by_text(f"You’re viewing Leadwell as {name}. Nothing can be changed.")
    expect(banner).to_be_visible()
    expect(page.get_by_role("region", name="My queue")).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    # The size of links is measured on Today itself.
    assert [found for found in violations_of(admin) if not found.startswith("target-size")] == []
    page.get_by_role("button", name="Stop viewing").click()
    page.wait_for_url(f"**/admin/users/{pk}")
    expect(banner).to_have_count(0)
