"""One page of the list of tasks: its lines in groups by day, each with its record."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone

from crm.models.task import Task
from crm.records.kinds import KINDS
from crm.tasks.filters import DONE, GROUPS, TaskFilterForm, group_of
from crm.tasks.lines import TaskLine
from crm.web.ids import number_of

PAGE = 50


@dataclass(frozen=True)
class Listed(TaskLine):
    """A task in the list, with its record."""

    record: Any
    group: str

    @property
    def kind(self) -> Any:
        return KINDS[self.task.of]


class TaskPage:
    """The tasks that a URL asks for, from the one behind `?after=` on."""

    def __init__(self, form: TaskFilterForm, after: str) -> None:
        self.viewer = form.viewer
        self.is_done = form.is_valid() and form.cleaned_data["when"] == DONE
        rows = form.rows().with_people()
        before = Task.objects.filter(pk=number_of(after) or 0).first()
        self.first = before is None
        if before and self.is_done == before.is_done:
            rows = rows.done_before(before) if self.is_done else rows.behind(before)
        rows = rows.last_done_first() if self.is_done else rows.in_order()
        found = list(rows[: PAGE + 1])
        self.next = found[PAGE - 1].pk if len(found) > PAGE else None
        self.lines = self._lines(found[:PAGE])

    def groups(self) -> Iterator[tuple[Any, list[Listed]]]:
        for name, lines in groupby(self.lines, key=lambda line: line.group):
            yield GROUPS[name], list(lines)

    def _lines(self, tasks: list[Task]) -> list[Listed]:
        ids = [task.pk for task in tasks]
        own = set(Task.objects.changeable_by(self.viewer).filter(pk__in=ids).values_list("pk", flat=True))
        records = self._records(tasks)
        now = timezone.localtime()
        return [
            Listed(task, task.pk in own, records[task.of, task.record], group_of(task, now))
            for task in tasks
            if (task.of, task.record) in records
        ]

    def _records(self, tasks: list[Task]) -> dict[tuple[str, int], Any]:
        """The records of the tasks, one query for each type."""
        found: dict[tuple[str, int], Any] = {}
        for table in sorted({task.of for task in tasks}):
            ids = [task.record for task in tasks if task.of == table]
            rows = KINDS[table].model.objects.filter(pk__in=ids)
            found |= {(table, row.pk): row for row in rows}
        return found
