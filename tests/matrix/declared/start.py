"""The arrangement of the start page, and the reports that are pinned to it."""

from tests.matrix.oracle import SIGNED_IN, Row, form, post

VIEW = "reports.view_report"

OF_START: list[Row] = [
    *form("admin/today/arrange", SIGNED_IN, data={"part": "tasks", "act": "hide"}),
    *post("admin/reports/<slug:name>/pin", VIEW, fixed={"name": "sources"}),
    *post("admin/reports/saved/<int:pk>/pin", VIEW, of="report"),
]
