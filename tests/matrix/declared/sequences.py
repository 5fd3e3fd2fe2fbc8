"""Sequences: set up like automations, and started by everyone who may change the lead or contact."""

from tests.matrix.declared.kinds import bulk_of
from tests.matrix.oracle import ON_CONTACTS, ON_LEADS, Rights, Row, form, get, post

FOLDER = "admin/sequences"
ONE = f"{FOLDER}/<int:pk>"
VIEW, ADD, CHANGE, DELETE = (f"sequences.{act}_sequence" for act in ("view", "add", "change", "delete"))
NEW = {
    "of": "lead",
    "name": "Cadenceqq",
    "sender": "owner",
    "route": "own",
    "step": "0-call",
    "s0-after": "1",
    "s0-title": "Callqq",
}
EMAIL = {"subject": "Subjectqq", "text": "Textqq"}


def of_records(path: str, rights: Rights, thing: str, sets: str) -> list[Row]:
    """A record that is in a sequence, and the bulk actions on its type."""
    page, of = f"{path}/<int:pk>/sequence", {"of": thing, "changes": True}
    sequence = f"{{{thing}_sequence}}"
    return [
        *form(f"{page}/start", rights.view, rights.change, data={"sequence": sequence}, **of),
        *post(f"{page}/stop", rights.view, rights.change, **of),
        *form(
            f"{page}/emails/<str:key>", rights.view, rights.change, fixed={"key": "first"}, data=EMAIL, **of
        ),
        *bulk_of(path, rights, sets, "start_sequence", rights.change, sequence=sequence),
        *bulk_of(path, rights, sets, "stop_sequence", rights.change),
    ]


SEQUENCES: list[Row] = [
    *get(FOLDER, VIEW),
    *post(f"{FOLDER}/order", CHANGE, data={"up": "{lead_sequence}"}),
    *form(f"{FOLDER}/new", ADD, data=NEW),
    *get(ONE, VIEW, of="sequence"),
    *form(f"{ONE}/edit", CHANGE, of="sequence", data=NEW),
    *post(f"{ONE}/switch", CHANGE, of="sequence", data={"off": "1"}),
    *form(f"{ONE}/delete", DELETE, of="sequence"),
    *post(f"{ONE}/stop", VIEW, "leads.change_lead", "leads.bulk_lead", of="sequence", data={"act": "all"}),
    *of_records("admin/leads", ON_LEADS, "lead", "set"),
    *of_records("admin/contacts", ON_CONTACTS, "contact", "contact set"),
]
