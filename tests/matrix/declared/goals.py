"""Goals: every reader of leads sees their own; those with the rights set them for the users whose leads they see."""

from tests.matrix.oracle import SEES, Row, form, get, post

ONE = "admin/reports/goals/<int:pk>"
NEW = {
    "month": "{month}",
    "whose": "u{colleague}",
    "measure": "meetings",
    "target": "12",
}
GOALS: list[Row] = [
    *get("admin/reports/goals", SEES),
    *get("admin/reports/goals/file", SEES),
    *post("admin/reports/goals/copy", SEES, "reports.add_goal"),
    *form("admin/reports/goals/new", SEES, "reports.add_goal", data=NEW),
    *form(ONE, SEES, "reports.change_goal", of="goal", data={"target": "12"}),
    *post(f"{ONE}/delete", SEES, "reports.delete_goal", of="goal"),
]
