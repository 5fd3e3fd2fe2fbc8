"""Scheduled emails: everyone who may view reports schedules those that they can open, for themselves."""

from tests.matrix.oracle import Row, form, get, post

VIEW = "reports.view_report"
ONE = "admin/reports/schedules/<int:pk>"
WEEKLY = {"every": "weekly", "weekday": "0", "day": "1", "hour": "8"}
SCHEDULES: list[Row] = [
    *get("admin/reports/schedules", VIEW),
    *form("admin/reports/<slug:name>/schedule", VIEW, fixed={"name": "sources"}, data=WEEKLY),
    *form("admin/reports/saved/<int:pk>/schedule", VIEW, of="report", data=WEEKLY),
    *form("admin/reports/dashboards/<int:pk>/schedule", VIEW, of="dashboard", data=WEEKLY),
    *form(ONE, VIEW, of="schedule", data=WEEKLY),
    *form(f"{ONE}/send", VIEW, of="schedule"),
    *post(f"{ONE}/pause", VIEW, of="schedule"),
    *post(f"{ONE}/resume", VIEW, of="schedule"),
    *post(f"{ONE}/delete", VIEW, of="schedule"),
]
