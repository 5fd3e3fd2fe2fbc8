"""Statuses, sources and pipelines as rows, for chips and drop-downs; each small table is read once per page."""

from typing import Any

from crm.fields.custom.values.field_registry import field_named
from crm.platform.sql.compiled_querysets import all_of
from crm.platform.sql.reference_tables import rows_in_order
from crm.platform.web.request_cache import once
from leads.models import Lead, Pipeline, Source, Status

Purpose = Pipeline.Purpose


def statuses(purpose: str = Purpose.LEADS) -> dict[int, Status]:
    """The statuses of leads, or the stages of deals."""
    found = every_status()
    return once(
        f"statuses of {purpose}",
        lambda: {pk: row for pk, row in found.items() if row.pipeline.purpose == purpose},
    )


def every_status() -> dict[int, Status]:
    return once("statuses", lambda: {row.pk: row for row in all_of(Status.objects.in_order)})


def sources() -> dict[int, Source]:
    return {row.pk: row for row in rows_in_order(Source)}


def pipelines(purpose: str = Purpose.LEADS) -> dict[int, Pipeline]:
    return {pk: row for pk, row in every_pipeline().items() if row.purpose == purpose}


def every_pipeline() -> dict[int, Pipeline]:
    return once("pipelines", lambda: {row.pk: row for row in all_of(Pipeline.objects.in_order)})


def several_pipelines(purpose: str = Purpose.LEADS) -> bool:
    """Whether lists and forms show pipelines: they don't if only one is in use."""
    return sum(not row.retired for row in pipelines(purpose).values()) > 1


def has_field(name: str, model: Any) -> bool:
    own = any(field.name == name for field in model._meta.concrete_fields)
    return own or field_named(model.table, name) is not None


def field_label(name: str, model: Any = Lead) -> str:
    """The label of a field of leads or deals, within a sentence."""
    field: Any = field_named(model.table, name) or model._meta.get_field(name)
    return str(field.verbose_name)


def field_labels(names: list[str], model: Any = Lead) -> str:
    """ "email, phone": the labels of several fields."""
    return ", ".join(field_label(name, model) for name in names)
