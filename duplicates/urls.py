"""The URLs of duplicates."""

from django.urls import path

from duplicates.record_graph import COMPARED_TABLES
from duplicates.views import (
    duplicate_rules,
    duplicates,
    exact_merge,
    mark_different,
    merge,
    scan,
    similar_records,
)

app_name = "duplicates"
urlpatterns = [
    path("", duplicates.duplicates, name="list"),
    path("/scan", scan.scan, name="scan"),
    path("/different", mark_different.mark_different, name="different"),
    *(
        path(f"/known/{table}", similar_records.similar_records, {"kind": table}, name=f"known_{table}")
        for table in COMPARED_TABLES
    ),
    *(
        path(f"/merge/{table}", merge.merge, {"kind": table}, name=f"merge_{table}")
        for table in COMPARED_TABLES
    ),
    path("/exact", exact_merge.exact_merge, name="exact"),
    path("/exact/<int:pk>", exact_merge.exact_plan, name="exact_plan"),
    path("/rules", duplicate_rules.rules, name="rules"),
]
