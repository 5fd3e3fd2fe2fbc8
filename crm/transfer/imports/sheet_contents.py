"""What the rows of a sheet are: records, or activities or tasks of records. Everything else about an import is the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.models import Import
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.transfer.imports.activities.activity_application import ACTIVITY_STEPS
from crm.transfer.imports.activities.activity_check import ActivityCheck
from crm.transfer.imports.activities.activity_import import ActivityImport
from crm.transfer.imports.apply.application_state import Step
from crm.transfer.imports.apply.record_steps import RECORD_STEPS
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.plan_building import PlanBuilder
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.plan.plan_lines import PlanPage
from crm.transfer.imports.tasks.task_application import TASK_STEPS
from crm.transfer.imports.tasks.task_check import TaskCheck
from crm.transfer.imports.tasks.task_import import TaskImport
from crm.transfer.imports.work.work_import import WorkImport
from crm.transfer.imports.work.work_plan_page import WorkPlanPage


@dataclass(frozen=True)
class SheetContent:
    """How such rows are checked, shown and applied. `rules` are theirs; records have those of their type."""

    check: type[PlanBuilder]
    page: type[PlanPage]
    steps: tuple[Step, ...]
    rules: type[WorkImport] | None = None


RECORDS = SheetContent(RecordCheck, PlanPage, RECORD_STEPS)
ACTIVITIES = SheetContent(ActivityCheck, WorkPlanPage, ACTIVITY_STEPS, ActivityImport)
TASKS = SheetContent(TaskCheck, WorkPlanPage, TASK_STEPS, TaskImport)


def get_sheet_content(imported: Import) -> SheetContent:
    if imported.has_tasks:
        return TASKS
    return ACTIVITIES if imported.activities else RECORDS


def get_import_rules(imported: Import, user: Any) -> ImportRules:
    kind = KINDS[imported.table]
    return (get_sheet_content(imported).rules or get_rules_class(kind))(kind, user)


def find_work_import(kind: Kind, user: Any, heads: Sequence[str]) -> WorkImport | None:
    """The rules of a sheet with these headers, if it has activities or tasks of records of this type."""
    found = (rules(kind, user) for rules in (TaskImport, ActivityImport))
    return next((rules for rules in found if rules.recognizes(heads)), None)
