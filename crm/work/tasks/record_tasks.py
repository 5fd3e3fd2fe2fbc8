"""The open tasks of a record, as its page shows them."""

from dataclasses import dataclass, field
from typing import Any

from crm.records.kinds.kind_registry import Kind
from crm.work.models.task import Task
from crm.work.tasks.due_times import format_due
from crm.work.tasks.task_origins import get_task_origins

# More are on the page of tasks.
SHOWN = 50
ICONS = {"to_do": "check", "call": "phone", "email": "mail", "meeting": "calendar"}


@dataclass(frozen=True)
class TaskLine:
    """`origin` is what added it, in words, or '' for a person."""

    task: Task
    may_change: bool
    origin: str = field(default="", kw_only=True)

    @property
    def icon(self) -> str:
        return ICONS[self.task.type]

    @property
    def due_text(self) -> str:
        """When it is due, in words."""
        return format_due(self.task)

    @property
    def urgency(self) -> str:
        """overdue, today or later: its data-when."""
        return "overdue" if self.task.is_overdue else "later"


def get_open_task_lines(kind: Kind, record: Any, viewer: Any, *, may_change: bool) -> list[TaskLine]:
    """The earliest first. A user who may not change the record may still change the tasks that are for them."""
    rows = Task.objects.present().open().of_record(kind.name, record.pk).with_people().in_order()
    tasks = list(rows[:SHOWN])
    origins = get_task_origins(tasks)
    return [
        TaskLine(task, may_change or task.user_id == viewer.pk, origin=origins.get(task.pk, ""))
        for task in tasks
    ]
