"""What is stored of the lists in Settings, to compare a page with a call."""

from typing import Any

from crm.models import CustomField, SavedView, Tag
from leads.models import Lead, LostReason, Pipeline, Source, Status

MODELS = (Status, Source, Tag, LostReason, Pipeline, CustomField)


def read_lists() -> dict[str, Any]:
    """All rows of the lists by name, because new ids differ from one try to the next."""
    found: dict[str, Any] = {}
    for model in MODELS:
        rows = [dict(row) for row in model.objects.order_by("pk").values()]
        found[model.table] = [
            {key: value for key, value in row.items() if key not in ("id", "pipeline_id")} for row in rows
        ]
    found["pipelines"] = list(Status.objects.order_by("pk").values_list("name", "pipeline__name"))
    found["leads"] = list(
        Lead.objects.order_by("pk").values_list("pk", "status", "source", "tags", "lost_reason")
    )
    found["views"] = list(SavedView.objects.order_by("pk").values_list("pk", "query"))
    return found
