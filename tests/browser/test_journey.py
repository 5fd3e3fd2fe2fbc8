"""A manager's complete journey, with and without JavaScript: sign in, filter, change many, undo, import, undo, export."""

import re

import openpyxl
import pytest

from tests.browser.imports.importing import go_on, upload
from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard


def number_in(text: str) -> int:
    return int(re.search(r"\d[\d,]*", text)[0].replace(",", ""))


def counted(window) -> int:
    """The exact count of the open list."""
    if window.javascript:
        window.page.locator("#count a").wait_for(state="detached")
        return number_in(window.page.locator("#count").inner_text())
    window.page.get_by_role("link", name="count", exact=True).click()
    counted = number_in(window.page.locator("h1").inner_text())
    window.page.go_back()
    return counted


def filter_leads(window, **wanted: str) -> None:
    """Open all filters, select these values in their lists, show the leads."""
    window.page.locator("a[data-key=f]").click()
    window.page.get_by_role("link", name="All filters", exact=True).click()
    form = window.page.locator("form[aria-labelledby=filter-title]")
    for name, label in wanted.items():
        field = form.locator(f"#id_{name}")
        field.locator("summary").click()
        field.get_by_label(label, exact=True).check()
    form.get_by_role("button", name="Show leads").click()
    window.page.wait_for_url(re.compile(r"status=\d+"))


def tally(window) -> dict[str, int]:
    """The counters of the preview or the result: {"will change": 12, …}."""
    parts = window.page.locator(".tally > *").all()
    return {part.inner_text().split("\n")[-1].strip(): number_in(part.inner_text()) for part in parts}


def undo(window) -> None:
    window.page.locator("main").get_by_role("link", name=re.compile("^Undo")).first.click()
    window.page.locator("main form").get_by_role("button", name="Undo").click()
    window.page.wait_for_url(re.compile(r"/admin/operations/\d+(\?|$)"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_manager_filters_changes_many_undoes_imports_and_exports(window, leadwell, javascript, tmp_path):
    manager = window(javascript=javascript)
    page = manager.page
    manager.sign_in("manager")
    assert page.url.endswith("/admin/today")
    page.locator("#rail").get_by_role("link", name="Leads", exact=True).click()
    page.wait_for_url("**/admin/leads")

    filter_leads(manager, status="New", owner="Bob Moreau")
    found = counted(manager)
    assert 2 < found < 3_000
    assert set(page.locator("tbody [data-col=status]").all_inner_texts()) == {"New"}
    assert set(page.locator("tbody [data-col=owner] .person").all_inner_texts()) == {"BM\nBob Moreau"}

    # Two selected rows are two leads, "all that match" is all of them.
    page.locator("tbody .tick").nth(0).check()
    page.locator("tbody .tick").nth(1).check()
    page.locator(".bulk button[value=vip]").click()
    assert "2 leads" in page.locator(".title").inner_text()
    page.get_by_role("link", name="Cancel").click()
    page.locator("tbody .tick").nth(0).check()
    page.locator(".bulk .all").click()
    page.locator(".bulk button[value=vip]").click()
    assert page.locator("h1").inner_text() == "Mark as VIP"
    assert f"{found:,} leads" in page.locator(".title").inner_text()
    planned = tally(manager)
    assert planned["will change"] + planned["already set"] + planned["can’t be changed"] == found

    before = ask(leadwell, "SELECT count(*) FROM leads_lead WHERE vip")
    page.get_by_label("Note for the timeline").fill("for the fair")
    page.locator(".applybar button[data-kind=primary]").click()
    page.wait_for_url(re.compile(r"/admin/operations/\d+(\?|$)"))
    done = tally(manager)
    assert (done["selected"], done["changed"]) == (found, planned["will change"])
    assert page.get_by_text("for the fair").first.is_visible()
    assert ask(leadwell, "SELECT count(*) FROM leads_lead WHERE vip") == before + done["changed"]
    undo(manager)
    assert tally(manager)["undone"] == done["changed"]
    assert ask(leadwell, "SELECT count(*) FROM leads_lead WHERE vip") == before

    there = ask(leadwell, "SELECT count(*) FROM leads_lead WHERE deleted_at IS NULL")
    upload(manager)
    go_on(manager, "Map unknown values")
    go_on(manager, "Import preview")
    button = page.locator(".applybar button[name=apply]").inner_text()
    added = number_in(button)
    go_on(manager, "Imported")
    assert (
        number_in(page.locator("tr").filter(has=page.get_by_text("Added", exact=True)).inner_text())
        == added
        > 0
    )
    assert ask(leadwell, "SELECT count(*) FROM leads_lead WHERE deleted_at IS NULL") == there + added
    undo(manager)
    assert ask(leadwell, "SELECT count(*) FROM leads_lead WHERE deleted_at IS NULL") == there

    manager.go("/admin/leads?all=1")
    filter_leads(manager, status="New", owner="Bob Moreau")
    page.get_by_role("link", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.locator("form[data-downloads] button[data-kind=primary]").click()
    download.value.save_as(tmp_path / "leads.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "leads.xlsx", read_only=True).worksheets[0]
    assert sum(1 for row in sheet.iter_rows(values_only=True) if any(row)) == found + 1
