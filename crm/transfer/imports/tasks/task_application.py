"""Writes the plan of a sheet with tasks, in the operation of the import, with the verbs of the page."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from crm.models import PlannedRow
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.activities.activity_application import (
    WrittenActivities,
    check_permission,
    write_portions,
)
from crm.transfer.imports.apply.application import Application, Step
from crm.transfer.imports.apply.receipt import write_receipt
from crm.transfer.imports.apply.stale_plan import Stale
from crm.transfer.imports.tasks.row_judgment import from_json
from crm.transfer.imports.tasks.task_check import may_import_tasks
from crm.work.models.task import Task
from crm.work.tasks.verbs import AddTasks, EditTask

Grouped = dict[Any, list[PlannedRow]]


def write_tasks(application: Application) -> None:
    write_portions(application, TaskWriting(application))


class TaskWriting(WrittenActivities):
    """The rows of one portion, type by type. `people` are the users whom its tasks are for."""

    people: dict[int, Any]

    def write(self, rows):
        ids = {row.values.get("user") for row in rows} - {None}
        self.people = get_user_model()._default_manager.with_rights().in_bulk(ids)
        for kind in KINDS.values():
            own = [row for row in rows if row.keys == [kind.name]]
            if not own:
                continue
            if not may_import_tasks(self.by, kind):
                raise Stale(_("You no longer have permission to change these records. Check the file again."))
            self.model = kind.model
            super().write(own)

    def _add(self, rows):
        records = self.model.objects.present().changeable_by(self.by)
        for user, own in _group_rows(rows, lambda row: row.values["user"]).items():
            new = tuple((row.record or 0, self._values(row)) for row in own)
            verb = AddTasks(self.by, {"user": self._person(user)}, of=self.model.table, new=new)
            outcome = self._carried_out(verb, records, {row.record for row in own})
            self._settle(own, outcome, lambda row: row.record)

    def _change(self, rows):
        there: Any = Task.objects.listed_for(self.by).changeable_by(self.by)
        rows = self._as_planned(rows, there)
        for own in _group_rows(rows, lambda row: json.dumps(row.values, sort_keys=True)).values():
            outcome = self._carried_out(EditTask(self._values(own[0])), there, {row.activity for row in own})
            self._settle(own, outcome, lambda row: row.activity)

    def _values(self, row: PlannedRow) -> dict[str, Any]:
        values = from_json(row.values)
        if "user" in values:
            values["user"] = self._person(values["user"])
        if "done_at" in values:
            values["done_by"] = self.by if values["done_at"] else None
        return values

    def _person(self, pk: int | None) -> Any:
        return self.people[pk] if pk else None


def _group_rows(rows: Iterable[PlannedRow], key: Callable[[PlannedRow], Any]) -> Grouped:
    found: Grouped = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


TASK_STEPS: tuple[Step, ...] = (check_permission, write_tasks, write_receipt)
