"""Writes the plan of a sheet with tasks."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth import get_user_model

from crm.models import PlannedRow, Task
from crm.transfer.imports.apply.application_state import Application, Step
from crm.transfer.imports.apply.receipt import write_receipt
from crm.transfer.imports.tasks.row_judgment import convert_from_json
from crm.transfer.imports.work.work_application import WorkWriting
from crm.work.tasks.verbs import AddTasks, EditTask


def write_tasks(application: Application) -> None:
    TaskWriting(application).write_all()


class TaskWriting(WorkWriting):
    """Tasks for one user are added together, and tasks with the same changes are changed together."""

    row_model = Task

    def build_adds(self, rows):
        people = _get_task_users(rows)
        for user, own in _group_rows(rows, lambda row: row.values["user"]).items():
            new = tuple((row.record or 0, self._get_values(row, people)) for row in own)
            yield (
                AddTasks(self.by, {"user": people[user] if user else None}, of=self.model.table, new=new),
                own,
            )

    def build_changes(self, rows):
        people = _get_task_users(rows)
        for own in _group_rows(rows, lambda row: json.dumps(row.values, sort_keys=True)).values():
            yield EditTask(self._get_values(own[0], people)), own

    def _get_values(self, row: PlannedRow, people: dict[int, Any]) -> dict[str, Any]:
        values = convert_from_json(row.values)
        if "user" in values:
            values["user"] = people[values["user"]] if values["user"] else None
        if "done_at" in values:
            values["done_by"] = self.by if values["done_at"] else None
        return values


def _get_task_users(rows: Iterable[PlannedRow]) -> dict[int, Any]:
    """The users whom the tasks of these rows are for."""
    ids = {row.values.get("user") for row in rows} - {None}
    return get_user_model()._default_manager.with_rights().in_bulk(ids) if ids else {}


def _group_rows(rows: Iterable[PlannedRow], key: Callable[[PlannedRow], Any]) -> dict[Any, list[PlannedRow]]:
    found: dict[Any, list[PlannedRow]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


TASK_STEPS: tuple[Step, ...] = (write_tasks, write_receipt)
