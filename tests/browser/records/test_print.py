"""A record on paper: what it says, and nothing to press."""

import pytest

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard
RECORDS = {
    "leads": "SELECT max(id) FROM leads_lead WHERE deleted_at IS NULL AND client_id IS NULL AND description <> ''",
    "deals": "SELECT max(id) FROM customers_deal WHERE deleted_at IS NULL",
    "companies": "SELECT max(id) FROM customers_company WHERE deleted_at IS NULL",
    "contacts": "SELECT max(id) FROM customers_contact WHERE deleted_at IS NULL",
    "requests": "SELECT max(id) FROM customers_request WHERE deleted_at IS NULL",
}
# The steps of the path say where the record is, and what opens an entry of the timeline says what was done.
CONTROLS = ".button, button:not(.path button), input, select, textarea, summary:not(.what), .facts [data-empty], .facts .link.small"


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_on_paper_has_no_buttons(kind, window, leadwell):
    manager = window("admin")
    manager.go(f"/admin/{kind}/{ask(leadwell, RECORDS[kind])}")
    manager.page.emulate_media(media="print")
    shown = manager.page.locator(CONTROLS).evaluate_all(
        "all => all.filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 120))"
    )
    assert shown == []
    assert manager.page.locator("h1").is_visible()
    assert manager.page.locator("#timeline").is_visible()
