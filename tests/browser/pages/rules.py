"""An assignment rule and its run, for the pages that show them."""

import re

from tests.hard.running import Browser, Leadwell


def assign_by_rule(browser: Browser, department: int, lead: int) -> None:
    browser.get("/admin/rules/new")
    rule = {"name": "Romania", "conditions": "country=RO&any.vip=yes&any.city.is=Cluj", "ways": "form"}
    to = {"assigns_to": "in_turn", "department": str(department), "otherwise": "next", "turned_on": "on"}
    browser.post("/admin/rules/new", **rule, **to)
    browser.get("/admin/rules/new")
    browser.post("/admin/rules/new", **to, name="Everyone else", ways="manual")
    browser.get("/admin/leads?all=1")
    browser.post("/admin/leads/bulk", action="rules", record=str(lead))
    browser.get(f"{browser.url.partition('?')[0]}?owned=reassign")
    browser.post(browser.url, owned="reassign")


def let_an_automation_act(leadwell: Leadwell, browser: Browser, automation: int, **required: int) -> str:
    """A new VIP lead, for which the first automation of the demo adds a task; returns the day that the automation's page can undo."""
    browser.get("/admin/leads/new")
    browser.post("/admin/leads/new", last_name="Automated", vip="on", currency="EUR", **required)
    days: list[str] = []

    def has_acted() -> bool:
        browser.get(f"/admin/automations/{automation}")
        days[:] = re.findall(r"undo-day\?day=([\d-]+)", browser.page)
        return bool(days)

    leadwell.wait(has_acted)
    return days[0]
