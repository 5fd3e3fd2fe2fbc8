"""Statuses, sources and pipelines as rows, for chips and drop-downs; each small table is read once per page."""

from typing import Any

from crm.fields.custom.values.field_registry import get_custom_field
from crm.platform.sql.compiled_querysets import get_all_compiled_once
from crm.platform.sql.reference_tables import get_ordered_rows
from crm.platform.web.request_cache import read_cached
from leads.models import Lead, Pipeline, Source, Status

Purpose = Pipeline.Purpose


def get_statuses(purpose: str = Purpose.LEADS) -> dict[int, Status]:
    """The statuses of leads, or the stages of deals."""
    found = get_all_statuses()
    return read_cached(
        f"statuses of {purpose}",
        lambda: {pk: row for pk, row in found.items() if row.pipeline.purpose == purpose},
    )


def get_all_statuses() -> dict[int, Status]:
    return read_cached(
        "statuses", lambda: {row.pk: row for row in get_all_compiled_once(Status.objects.in_order)}
    )


def get_sources() -> dict[int, Source]:
    return {row.pk: row for row in get_ordered_rows(Source)}


def get_pipelines(purpose: str = Purpose.LEADS) -> dict[int, Pipeline]:
    return {pk: row for pk, row in get_all_pipelines().items() if row.purpose == purpose}


def get_all_pipelines() -> dict[int, Pipeline]:
    return read_cached(
        "pipelines", lambda: {row.pk: row for row in get_all_compiled_once(Pipeline.objects.in_order)}
    )


def has_several_pipelines(purpose: str = Purpose.LEADS) -> bool:
    """Whether lists and forms show pipelines: they don't if only one is in use."""
    return sum(not row.retired for row in get_pipelines(purpose).values()) > 1


def has_field(name: str, model: Any) -> bool:
    own = any(field.name == name for field in model._meta.concrete_fields)
    return own or get_custom_field(model.table, name) is not None


def get_field_label(name: str, model: Any = Lead) -> str:
    """The label of a field of leads or deals, within a sentence."""
    field: Any = get_custom_field(model.table, name) or model._meta.get_field(name)
    return str(field.verbose_name)


def join_field_labels(names: list[str], model: Any = Lead) -> str:
    """ "email, phone": the labels of several fields."""
    return ", ".join(get_field_label(name, model) for name in names)
