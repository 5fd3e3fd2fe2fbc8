"""A manager imports companies and contacts from one workbook, sheet by sheet, and undoes both."""

import pytest

from tests.browser.imports.importing import arrive, go_on, upload_sheets

pytestmark = pytest.mark.hard


@pytest.mark.parametrize(
    "javascript",
    [True, pytest.param(False, marks=pytest.mark.nightly)],
    ids=["with JavaScript", "without JavaScript"],
)
def test_a_manager_imports_companies_and_contacts_from_one_workbook(window, javascript, tmp_path):
    manager = window("manager", javascript=javascript)
    page = manager.page
    # Other tests import the usual one.
    upload_sheets(manager, tmp_path, "Foundry of Tomorrow")
    go_on(manager, "Map columns")
    assert "Sheet 1 of 2: “Companies”." in page.locator("main").inner_text()
    go_on(manager, "Import preview")
    go_on(manager, "Imported")
    page.get_by_role("button", name="“Contacts”").click()
    arrive(manager, "Map columns")
    go_on(manager, "Import preview")
    go_on(manager, "Imported")
    assert "To undo all sheets, start with the last one." in page.locator("#parts").inner_text()
    receipt = page.url
    manager.go("/admin/contacts?q=albu%40foundry")
    assert "Foundry of Tomorrow" in page.locator("main table").inner_text()
    for place in (1, 0):
        manager.go(receipt)
        page.locator("#parts li").nth(place).get_by_role("link", name="Undo").click()
        page.locator("main form").get_by_role("button", name="Undo").click()
        page.wait_for_url(lambda address: "/admin/operations/" in address and not address.endswith("/undo"))
    manager.go("/admin/companies?q=foundry")
    assert "Foundry of Tomorrow" not in page.locator("main").inner_text()
