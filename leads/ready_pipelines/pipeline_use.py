"""Using a ready-made pipeline: what its plan says, as one operation."""

from typing import Any

from crm.models import Operation
from crm.records.editing.row_order import write_positions
from crm.records.editing.settings_change import record_settings_change, wait_for_others
from leads.models import Status
from leads.ready_pipelines.pipeline_plan import PipelinePlan, RowPlan, SectionPlan, build_pipeline_plan
from leads.ready_pipelines.ready_pipeline import ReadyPipeline
from leads.ready_pipelines.row_fate import Fate
from leads.settings.retirement import replace_in_next_statuses
from leads.settings.settings_tables import SETTINGS_TABLES

TABLES = ("status", "source", "lost_reason")


def use_ready_pipeline(ready: ReadyPipeline, *, by) -> tuple[Operation, PipelinePlan]:
    """The operation, without a `pk` if nothing changed, and what was done."""
    wait_for_others()
    _lock_rows()
    plan = build_pipeline_plan(ready, by)
    with record_settings_change("use_ready_pipeline", by=by, name=ready.name) as record:
        for section in plan.sections:
            _write_section(section)
    return record, plan


def _lock_rows() -> None:
    """A record that enters a status in the meantime waits, and is then refused if the status was retired."""
    for table in TABLES:
        rows = SETTINGS_TABLES[table].model.objects.select_for_update()
        list(rows.order_by("pk").values_list("pk", flat=True))


def _write_section(section: SectionPlan) -> None:
    rows = [_write_row(section, row) for row in section.rows]
    # Sources without a position are sorted by name, and stay so.
    if section.table != "source":
        write_positions(rows)


def _write_row(section: SectionPlan, plan: RowPlan) -> Any:
    """Returns the existing row, or the one that was added."""
    model = SETTINGS_TABLES[section.table].model
    if plan.fate is Fate.ADDED:
        own = {"pipeline": section.pipeline} if section.pipeline else {}
        return model.objects.create(**plan.values, **own)
    if plan.values:
        model.objects.filter(pk=plan.row.pk).update(**plan.values)
    if plan.fate is Fate.RETIRED and isinstance(plan.row, Status):
        replace_in_next_statuses(plan.row, None)
    return plan.row
