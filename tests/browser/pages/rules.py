"""An assignment rule and its run, for the pages that show them."""

from tests.hard.running import Browser


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
