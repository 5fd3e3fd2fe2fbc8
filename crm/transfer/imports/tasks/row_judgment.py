"""The result of one row with a task: a new task, changes of one that exists, or errors."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.check.cell_comparison import RowJudgment
from crm.transfer.imports.tasks.task_cells import get_local_day_and_time
from crm.transfer.imports.work.work_judgment import WorkJudge
from crm.work.activities.requirements import get_future_error
from crm.work.models.task import Task
from crm.work.tasks.sheet_columns import IMPORTED_FIELDS

FIRST: dict[str, Any] = {
    **dict.fromkeys(("due_on", "due_time", "user", "done_at")),
    **dict.fromkeys(("title", "description"), ""),
    "type": Task.Type.TO_DO,
    "priority": Task.Priority.NORMAL,
}


class TaskJudge(WorkJudge):
    """Values are by field; `user` is an ID. `label_of` is how a file names a user."""

    first = FIRST
    never_empty = ("title", "type", "priority")

    def __init__(self, *, empties: bool, label_of: Callable[[int | None], str]) -> None:
        super().__init__(empties=empties)
        self.label_of = label_of

    def judge_new(self, cells):
        judged = self.read_new(split_day_and_time(cells), IMPORTED_FIELDS)
        values = judged.values
        values["title"] = " ".join(str(values["title"] or "").split())
        values["done_at"] = _get_completion_time(values["done_at"])
        if not values["title"] and not judged.errors:
            judged.errors.append(("title", _("Enter what is to be done.")))
        self._check_task(judged, values)
        return judged

    def judge_existing(self, cells, row, base, takes):
        judged, cells = RowJudgment(), split_day_and_time(cells)
        now = {name: getattr(row, "user_id" if name == "user" else name) for name in IMPORTED_FIELDS}
        for name in IMPORTED_FIELDS:
            cell = cells.get(name)
            if cell is None:
                continue
            if name == "done_at" and cell.value in (True, False) and not cell.empty:
                cell = replace(cell, value=(row.done_at or timezone.now()) if cell.value else None)
            self.compare(judged, name, cell, now[name], base, takes)
        self._check_task(judged, now | judged.values)
        return judged

    def is_as_exported(self, name, cell, now):
        if name == "user":
            return bool(cell.shown) and cell.shown == self.label_of(now)
        return super().is_as_exported(name, cell, now)

    def _check_task(self, judged: RowJudgment, values: dict[str, Any]) -> None:
        if values["due_time"] and not values["due_on"] and not judged.errors:
            judged.errors.append(("due_time", _("Choose a day for this time.")))
        if isinstance(values["done_at"], datetime) and (sentence := get_future_error(values["done_at"])):
            judged.errors.append(("done_at", sentence))


def split_day_and_time(cells: dict[str, CleanedCell]) -> dict[str, CleanedCell]:
    """With the day and the time of a cell that says both. A day changes the time only if the row says one."""
    cell = cells.get("due_on")
    if cell is None or cell.error or cell.value is None:
        return cells
    day, clock = get_local_day_and_time(cell.value)
    found = cells | {"due_on": replace(cell, value=day)}
    said = cells.get("due_time")
    if clock is not None and (said is None or said.empty):
        found["due_time"] = CleanedCell(cell.shown, value=clock)
    return found


def _get_completion_time(done: Any) -> Any:
    if done is True:
        return timezone.now()
    return done or None


def convert_from_json(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a planned row as the fields of a task take them."""
    fields: Any = Task._meta
    return {name: fields.get_field(name).to_python(value) for name, value in values.items()}
