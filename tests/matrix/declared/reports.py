"""Reports: everyone with the permission sees the numbers of their own leads; saved ones are their owner's."""

from tests.matrix.oracle import Row, form, get

VIEW = "reports.view_report"
SHIPPED = "admin/reports/<slug:name>"

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
]
