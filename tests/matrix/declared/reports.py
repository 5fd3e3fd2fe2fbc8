"""Reports and dashboards: everyone with the permission sees the numbers of their own leads; saved ones are their owner's."""

from tests.matrix.oracle import Row, form, get, post

VIEW = "reports.view_report"
SHIPPED = "admin/reports/<slug:name>"
DASHBOARD = "admin/reports/dashboards/<int:pk>"
MINE = {"name": "Mine", "audience": ""}

REPORTS: list[Row] = [
    *get("admin/reports", VIEW),
    *get("admin/reports/new", VIEW),
    *get("admin/reports/new/file", VIEW),
    *get(SHIPPED, VIEW, fixed={"name": "sources"}),
    *get(f"{SHIPPED}/file", VIEW, fixed={"name": "people"}),
    *form("admin/reports/save", VIEW, data={"name": "Mine", "audience": ""}),
    *get("admin/reports/saved/<int:pk>", VIEW, of="report"),
    *form("admin/reports/saved/<int:pk>/edit", VIEW, of="own report", data={"name": "Mine", "audience": ""}),
    *form("admin/reports/saved/<int:pk>/delete", VIEW, of="own report"),
    *get("admin/reports/dashboards", VIEW),
    *form("admin/reports/dashboards/new", VIEW, data=MINE),
    *get(DASHBOARD, VIEW, of="dashboard"),
    *form(f"{DASHBOARD}/edit", VIEW, of="own dashboard", data=MINE),
    *form(f"{DASHBOARD}/delete", VIEW, of="own dashboard"),
    *post(f"{DASHBOARD}/copy", VIEW, of="dashboard"),
    *post(f"{DASHBOARD}/add", VIEW, of="own dashboard", data={"report": "sources"}),
    *post(f"{DASHBOARD}/order", VIEW, of="own dashboard", data={"version": "1", "row": "0", "after": ""}),
    *get(f"{DASHBOARD}/parts/<int:part>", VIEW, of="dashboard part"),
    *post(f"{DASHBOARD}/parts/<int:part>/width", VIEW, of="own dashboard part", data={"wide": "1"}),
    *post(f"{DASHBOARD}/parts/<int:part>/remove", VIEW, of="own dashboard part"),
    *form("admin/reports/saved/<int:pk>/dashboard", VIEW, of="report", data={"name": "Mine"}),
    *form(f"{SHIPPED}/dashboard", VIEW, fixed={"name": "sources"}, data={"name": "Mine"}),
]
