"""The screens of mailings: their list, recipients, settings and states."""

from tests.matrix.oracle import Row, form, get, post

VIEWS, ADDS, CHANGES = "mailings.view_mailing", "mailings.add_mailing", "mailings.change_mailing"
DELETES, SENDS, APPROVES = "mailings.delete_mailing", "mailings.send_mailing", "mailings.approve_mailing"
ONE = "admin/mailings/<int:pk>"
NEW = {"subject": "somenew", "department": "{department}", "records": "lead:all", "chosen": "now"}

MAILING_SCREENS: list[Row] = [
    *get("admin/mailings", VIEWS),
    *form("admin/mailings/new", ADDS, data=NEW),
    *get(ONE, VIEWS, of="mailing"),
    *form(
        f"{ONE}/edit", VIEWS, CHANGES, of="mailing", data={"department": "{department}", "pause_days": "7"}
    ),
    *get(f"{ONE}/recipients", VIEWS, of="mailing"),
    *form(f"{ONE}/send", VIEWS, SENDS, of="mailing", data={"seen": "some"}),
    *post(f"{ONE}/decide", VIEWS, APPROVES, of="mailing", data={"answer": "decline"}),
    *post(f"{ONE}/pause", VIEWS, SENDS, of="mailing"),
    *post(f"{ONE}/resume", VIEWS, SENDS, of="mailing"),
    *post(f"{ONE}/cancel", VIEWS, SENDS, of="mailing"),
    *post(f"{ONE}/delete", VIEWS, DELETES, of="mailing"),
    *post(f"{ONE}/copy", VIEWS, ADDS, of="mailing"),
]
