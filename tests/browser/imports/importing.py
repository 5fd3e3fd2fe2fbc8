"""The sample file through the import screens, step by step, with or without JavaScript."""

from pathlib import Path

import openpyxl

from tests.browser.window import Window
from tests.waiting import until

SAMPLE = Path(__file__).parents[2] / "files" / "other-crm-leads.xlsx"


def heading(window: Window) -> str:
    return window.page.locator("h1").inner_text()


def arrive(window: Window, words: str) -> None:
    """Wait until the progress page is done: with JavaScript it redirects, without it the page is reloaded."""
    if window.javascript:
        return window.page.locator("h1", has_text=words).wait_for()

    def arrived() -> bool:
        window.go(window.page.url)
        return words in heading(window)

    if words not in heading(window):
        until(arrived, said=lambda: f"{heading(window)} instead of {words}")
    return None


def upload(window: Window) -> int:
    """Upload the sample file; returns the import's id. The next page is its columns."""
    window.go("/admin/leads/import")
    window.page.locator("input[type=file]").set_input_files(SAMPLE)
    window.page.get_by_role("button", name="Upload file").click()
    arrive(window, "Map columns")
    return int(window.page.url.split("/")[-2])


def upload_sheets(window: Window, folder: Path, firm: str = "Steelworks of Today") -> None:
    """Upload a workbook with a company and its contact. The next page is its sheets."""
    domain = f"{firm.replace(' ', '-').lower()}.example"
    book = openpyxl.Workbook()
    book.active.title = "Contacts"
    people = [["Last name", "Email", "Company"], ["Albu", f"albu@{domain}", firm]]
    firms = [["Name", "Domain"], [firm, domain]]
    for sheet, rows in ((book.active, people), (book.create_sheet("Companies"), firms)):
        for row in rows:
            sheet.append(row)
    book.save(folder / "book.xlsx")
    window.go("/admin/contacts/import")
    window.page.locator("input[type=file]").set_input_files(folder / "book.xlsx")
    window.page.get_by_role("button", name="Upload file").click()
    arrive(window, "Choose sheets")


def go_on(window: Window, words: str) -> None:
    """Click the button that leads to the next step."""
    window.page.locator(".applybar button[data-kind=primary]").click()
    arrive(window, words)
