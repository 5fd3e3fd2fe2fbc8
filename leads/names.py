"""Statuses, sources and pipelines as rows, for chips and drop-downs; each small table is read once per page."""

from typing import Any

from crm.custom.fields import field_named
from crm.records.kept_rows import all_of
from crm.records.names import rows_in_order
from crm.web.once import once
from leads.models import Lead, Pipeline, Source, Status


def statuses() -> dict[int, Status]:
    return once("statuses", lambda: {row.pk: row for row in all_of(_statuses)})


def _statuses() -> Any:
    return Status.objects.in_order().select_related("pipeline")


def sources() -> dict[int, Source]:
    return {row.pk: row for row in rows_in_order(Source)}


def pipelines() -> dict[int, Pipeline]:
    return once("pipelines", lambda: {row.pk: row for row in all_of(Pipeline.objects.in_order)})


def several_pipelines() -> bool:
    """Whether pipelines are shown at all: they aren't if only one is in use."""
    return sum(not row.retired for row in pipelines().values()) > 1


def field_label(name: str) -> str:
    """The label of a lead field, within a sentence."""
    field: Any = field_named(Lead.table, name) or Lead._meta.get_field(name)
    return str(field.verbose_name)


def field_labels(names: list[str]) -> str:
    """ "email, phone": the labels of several fields."""
    return ", ".join(map(field_label, names))
