"""`make screenshots`: takes the pictures in docs/pictures from a new demo company in a real browser."""

import shutil
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.imports.importing import go_on, upload
from tests.browser.window import PASSWORD, Window
from tests.hard.running import a_leadwell

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MOST = 250_000  # bytes
# The steps of the first hour (docs/run.md), in their order.
FIRST_HOUR = {
    "1-checklist": "/admin/setup",
    "2-company": "/admin/company",
    "4-pipelines": "/admin/leads/pipelines/ready",
    "5-pipeline": "/admin/leads/pipelines/ready/b2b-sales",
}
PASTED = "Mara Ilie <mara@acme.example>\nVictor Rusu <victor@acme.example>\nClaudia Pop <claudia@acme.example>\nnot an address"


def main() -> None:
    program = shutil.which("chromium")
    if not program:
        raise SystemExit("The pictures need Chromium: install the package chromium.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with a_leadwell(LEADWELL_DEMO_PASSWORD=PASSWORD) as leadwell, sync_playwright() as playwright:
        leadwell.start()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        base, known = f"http://127.0.0.1:{leadwell.port}", {}

        def window(account: str = "manager", width=1280, height=760, **options) -> Window:
            opened = Window(browser, base, width=width, height=height, **options)
            opened.be(account, known)
            return opened

        wide, dark, phone = window(), window(dark=True), window(width=390, height=844)
        picture("list", the_list(wide))
        picture("list-dark", the_list(dark))
        picture("list-phone", the_list(phone, ticked=0))
        picture("lead", the_lead(wide))
        picture("bulk", the_preview(wide))
        picture("import", the_plan(window("admin")))
        administrator = window("admin")
        for name, path in FIRST_HOUR.items():
            administrator.go(path)
            picture(f"first-hour-{name}", administrator)
        picture("first-hour-3-people", the_invitations(administrator))
        picture("first-hour-6-report", the_report(wide))
        picture("first-hour-7-dashboard", the_dashboard(wide))
        leadwell.interrupt()


def picture(name: str, window: Window) -> None:
    path = PICTURES / f"{name}.png"
    window.page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    print(f"{path.relative_to(PICTURES.parent.parent)}  {size // 1000} kB")
    if size > MOST:
        raise SystemExit(f"{path.name} is larger than {MOST // 1000} kB.")


def the_list(window: Window, ticked: int = 3) -> Window:
    """Open leads of the last 90 days, some of them selected."""
    window.go(
        "/admin/leads?kind=new&kind=contacted&kind=qualified&kind=proposal&created=last90&sort=next_action"
    )
    window.page.locator("#count a").wait_for(state="detached")
    for place in range(2, 2 + ticked):
        window.page.locator("tbody .tick").nth(place).check()
    window.page.mouse.move(0, 0)
    return window


def the_lead(window: Window) -> Window:
    """The first qualified lead: it has a history and a next action."""
    window.go("/admin/leads?kind=qualified&sort=-created_at")
    window.page.locator("tbody th a").first.click()
    window.page.locator("#timeline-title").wait_for()
    return window


def the_preview(window: Window) -> Window:
    """The preview of assigning all new leads of the department: which ones change, which ones can't and why."""
    window.go("/admin/leads?kind=new&kind=contacted&sort=name")
    window.page.locator("tbody .tick").first.check()
    window.page.locator(".bulk .all").click()
    window.page.locator(".bulk button[value=assign]").click()
    window.page.locator("select[name=owner]").select_option(label="Bob Moreau")
    window.page.locator("main form[method=get] button").click()
    window.page.locator(".tally").wait_for()
    return window


def the_invitations(window: Window) -> Window:
    """What happens to each pasted line."""
    window.go("/admin/users/invite")
    window.page.locator("textarea").fill(PASTED)
    window.page.locator("select[name=department]").select_option(label="Sales Europe")
    window.page.get_by_label("Sales Rep").check()
    window.page.get_by_role("button", name="Preview").click()
    window.page.locator("main button[name=previewed]").wait_for()
    return window


def the_report(window: Window) -> Window:
    """What managers see after some weeks: which leads came in, and where they went."""
    window.go("/admin/reports/incoming?period=this_week")
    return window


def the_dashboard(window: Window) -> Window:
    """What a manager opens on Monday morning, with all of its cards counted."""
    window.go("/admin/reports/dashboards/new")
    page = window.page
    page.get_by_role("textbox", name="Name").fill("Monday morning")
    page.locator("main button[data-kind=primary]").click()
    page.get_by_role("button", name="Add all 6").click()
    expect(page.get_by_role("button", name="Add all 6")).to_have_count(0)
    expect(page.get_by_text("Loading…")).to_have_count(0)
    page.get_by_role("button", name="Close").first.click()
    return window


def the_plan(window: Window) -> Window:
    upload(window)
    go_on(window, "Map unknown values")
    go_on(window, "Import preview")
    return window


if __name__ == "__main__":
    main()
