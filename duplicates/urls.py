"""The URLs of duplicates."""

from django.urls import path

from duplicates.nodes import TABLES
from duplicates.views import different, duplicates, exact, known, merge, rules, scan

app_name = "duplicates"
urlpatterns = [
    path("", duplicates.duplicates, name="list"),
    path("/scan", scan.scan, name="scan"),
    path("/different", different.different, name="different"),
    *(path(f"/known/{table}", known.known, {"kind": table}, name=f"known_{table}") for table in TABLES),
    *(path(f"/merge/{table}", merge.merge, {"kind": table}, name=f"merge_{table}") for table in TABLES),
    path("/exact", exact.exact, name="exact"),
    path("/exact/<int:pk>", exact.exact_plan, name="exact_plan"),
    path("/rules", rules.rules, name="rules"),
]
