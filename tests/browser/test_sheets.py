"""A manager imports companies and contacts from one workbook, sheet by sheet, and undoes both."""

import openpyxl
import pytest

from tests.browser.importing import arrive, go_on

pytestmark = pytest.mark.hard


def workbook(path) -> str:
    book = openpyxl.Workbook()
    book.active.title = "Contacts"
    people = [["Last name", "Email", "Company"], ["Albu", "albu@steelworks.example", "Steelworks of Today"]]
    firms = [["Name", "Domain"], ["Steelworks of Today", "steelworks.example"]]
    for sheet, rows in ((book.active, people), (book.create_sheet("Companies"), firms)):
        for row in rows:
            sheet.append(row)
    book.save(path / "book.xlsx")
    return str(path / "book.xlsx")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_manager_imports_companies_and_contacts_from_one_workbook(window, javascript, tmp_path):
    manager = window("manager", javascript=javascript)
    page = manager.page
    manager.go("/admin/contacts/import")
    page.locator("input[type=file]").set_input_files(workbook(tmp_path))
    page.get_by_role("button", name="Upload file").click()
    arrive(manager, "Choose sheets")
    go_on(manager, "Map columns")
    assert "Sheet 1 of 2: “Companies”." in page.locator("main").inner_text()
    go_on(manager, "Import preview")
    go_on(manager, "Imported")
    page.get_by_role("button", name="Import “Contacts”").click()
    arrive(manager, "Map columns")
    go_on(manager, "Import preview")
    go_on(manager, "Imported")
    assert "To undo all sheets, start with the last one." in page.locator("#parts").inner_text()
    receipt = page.url
    manager.go("/admin/contacts?q=albu%40steelworks")
    assert "Steelworks of Today" in page.locator("main table").inner_text()
    for place in (1, 0):
        manager.go(receipt)
        page.locator("#parts li").nth(place).get_by_role("link", name="Undo").click()
        page.locator("main form").get_by_role("button", name="Undo").click()
        page.wait_for_url(lambda address: "/admin/operations/" in address and not address.endswith("/undo"))
    manager.go("/admin/companies?q=steelworks")
    assert "Steelworks of Today" not in page.locator("main").inner_text()
