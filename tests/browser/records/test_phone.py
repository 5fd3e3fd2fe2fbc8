"""A record on a phone: its fixed bar has the most common actions, all of them on the screen."""

import pytest

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard
LEAD = """
    SELECT max(id) FROM leads_lead WHERE deleted_at IS NULL AND email <> '' AND phone <> '' AND client_id IS NULL
    AND client_contact_id IS NULL AND owner_id IS NOT NULL"""

REP = "SELECT id FROM accounts_user WHERE email = 'rep@demo.example'"


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("account", ["admin", "rep"])
def test_the_fixed_bar_of_a_lead_shows_each_action_whole(window, leadwell, account, width):
    someone = window(account, width=width, height=800)
    lead = ask(leadwell, LEAD if account != "rep" else f"{LEAD} AND owner_id IN ({REP})")
    someone.go(f"/admin/leads/{lead}")
    bar = someone.page.locator(".thumbs")
    names = [name.split("\n")[0].strip() for name in bar.locator(".button").all_inner_texts()]
    assert names == ["Call", "Email", "Log a call", "Add a task", "Convert", "Edit"]
    for button in bar.locator(".button").all():
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
