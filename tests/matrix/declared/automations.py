"""Automations: those who may set them up change the ones that act with no more permissions than their own."""

from tests.matrix.oracle import Row, form, get, post

FOLDER = "admin/automations"
ONE = f"{FOLDER}/<int:pk>"
VIEW, ADD, CHANGE, DELETE = (f"automations.{act}_automation" for act in ("view", "add", "change", "delete"))
NEW = {
    "of": "lead",
    "name": "Welcomeqq",
    "trigger": "added",
    "owner": "{colleague}",
    "most_an_hour": "100",
    "step": "0-add_note",
    "s0-text": "Helloqq",
}
RECORDS = ("lead", "company", "contact", "deal", "request")
AUTOMATIONS: list[Row] = [
    *get(FOLDER, VIEW),
    *post(f"{FOLDER}/order", CHANGE, data={"up": "{automation}"}),
    *form(f"{FOLDER}/new", ADD, data=NEW),
    *(row for name in RECORDS for row in get(f"{FOLDER}/conditions/{name}", ADD, query="country=RO")),
    *get(f"{FOLDER}/conditions/lead", CHANGE, query="view={automation}"),
    *get(ONE, VIEW, of="automation"),
    *form(f"{ONE}/edit", CHANGE, of="automation", data=NEW),
    *post(f"{ONE}/switch", CHANGE, of="automation", data={"on": "1"}),
    *post(f"{ONE}/waits/cancel", CHANGE, of="automation"),
    *form(f"{ONE}/delete", DELETE, of="automation"),
    *form(f"{ONE}/run", CHANGE, "leads.bulk_lead", of="automation", answers=(302,)),
    *form(f"{ONE}/undo-day", VIEW, of="automation", query="day=2026-11-28"),
    *form(f"{ONE}/trial", VIEW, of="automation", data={"days": "30"}),
]
