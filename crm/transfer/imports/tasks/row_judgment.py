"""The result of one row with a task: a new task, changes of one that exists, or errors."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.transfer.imports.activities.row_judgment import ActivityJudgment, Judge
from crm.transfer.imports.check.cell_cleaning import Cell
from crm.transfer.imports.tasks.sheet_columns import local_day
from crm.work.activities.requirements import in_future
from crm.work.models.task import Task
from crm.work.tasks.sheet import WRITTEN

EMPTY: dict[str, Any] = {
    "due_on": None,
    "due_time": None,
    "user": None,
    "done_at": None,
    "description": "",
    "title": "",
}
FIRST: dict[str, Any] = EMPTY | {"type": Task.Type.TO_DO, "priority": Task.Priority.NORMAL}


class TaskJudge(Judge):
    """Values are by field; `user` is an ID."""

    empty = EMPTY
    never_empty = ("title", "type", "priority")

    def new_task(self, cells: dict[str, Cell]) -> ActivityJudgment:
        judged, cells = ActivityJudgment(), split(cells)
        for name in WRITTEN:
            cell = cells.get(name, Cell("", empty=True))
            if cell.error:
                judged.errors.append((name, cell.error))
            judged.values[name] = FIRST[name] if cell.empty or cell.clears else cell.value
        values = judged.values
        values["title"] = " ".join(str(values["title"] or "").split())
        values["done_at"] = _moment(values["done_at"])
        if not values["title"] and not judged.errors:
            judged.errors.append(("title", _("Enter what is to be done.")))
        self._check_task(judged, values)
        return judged

    def known_task(
        self, cells: dict[str, Cell], task: Task, base: dict[str, Any] | None, person: str
    ) -> ActivityJudgment:
        """What the row changes. `person` is how a file names the user whom the task is for."""
        judged, cells = ActivityJudgment(), split(cells)
        now = {name: getattr(task, "user_id" if name == "user" else name) for name in WRITTEN}
        for name in WRITTEN:
            cell = cells.get(name)
            if cell is None or (name == "user" and cell.shown == person and not cell.empty):
                continue
            if name == "done_at" and cell.value in (True, False) and not cell.empty:
                cell = replace(cell, value=(task.done_at or timezone.now()) if cell.value else None)
            self._compare(judged, name, cell, now[name], base, ())
        if judged.conflicts:
            name = min(judged.conflicts)
            judged.errors.append(
                (name, _("This was changed here since the file was made. Export the tasks again."))
            )
        self._check_task(judged, now | judged.values)
        return judged

    def _check_task(self, judged: ActivityJudgment, values: dict[str, Any]) -> None:
        if values["due_time"] and not values["due_on"] and not judged.errors:
            judged.errors.append(("due_time", _("Choose a day for this time.")))
        if isinstance(values["done_at"], datetime) and (sentence := in_future(values["done_at"])):
            judged.errors.append(("done_at", sentence))


def split(cells: dict[str, Cell]) -> dict[str, Cell]:
    """With the day and the time of a cell that says both. A day changes the time only if the row says one."""
    cell = cells.get("due_on")
    if cell is None or cell.error or cell.value is None:
        return cells
    day, clock = local_day(cell.value)
    found = cells | {"due_on": replace(cell, value=day)}
    said = cells.get("due_time")
    if clock is not None and (said is None or said.empty):
        found["due_time"] = Cell(cell.shown, value=clock)
    return found


def _moment(done: Any) -> Any:
    if done is True:
        return timezone.now()
    return done or None


def as_json(value: Any) -> Any:
    """A value of a task as JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def from_json(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a planned row as the fields of a task take them."""
    fields: Any = Task._meta
    return {
        name: value if name == "user" or value is None else fields.get_field(name).to_python(value)
        for name, value in values.items()
    }
