"""One page of the list of tasks: its lines in groups by day, each with its record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_compiled_values
from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import get_records_for_page
from crm.work.models.task import Task
from crm.work.tasks.due_times import get_due
from crm.work.tasks.listing.filters import DONE, GROUPS, TaskFilterForm, get_list_part
from crm.work.tasks.listing.task_orders import BY_PRIORITY, BY_RECORD, EARLIEST_FIRST, LATEST_FIRST
from crm.work.tasks.record_tasks import TaskLine
from crm.work.tasks.task_origins import get_task_origins

PAGE = 50
PRIORITIES = {
    Task.Priority.HIGH: _("High priority"),
    Task.Priority.NORMAL: _("Normal priority"),
    Task.Priority.LOW: _("Low priority"),
}
PLACES = {name: place for place, name in enumerate(GROUPS)}
# What a line shows of its record beside the name.
SHOWN = ["phone", "phone_normal"]


@dataclass(frozen=True)
class ListedTask(TaskLine):
    """A task in the list, with its record."""

    record: Any
    group: str

    def get_sort_key(self) -> tuple[int, date, time, int]:
        """Its place among open tasks on the reader's clock; those of all day are last of their day."""
        due = get_due(self.task)
        day, clock = (due.day, due.time) if due else (None, None)
        return PLACES[self.group], day or date.max, clock or time.max, self.task.pk

    def get_reverse_sort_key(self) -> tuple[bool, int]:
        """The place of its group if the latest ones are first; those without a day stay last."""
        return self.task.due_on is None, -PLACES[self.group]

    @property
    def kind(self) -> Any:
        return KINDS[self.task.of]


class TaskPage:
    """The tasks that a URL asks for, from the one behind `?after=` on."""

    def __init__(self, form: TaskFilterForm, after: str) -> None:
        self.viewer = form.viewer
        asked = form.cleaned_data if form.is_valid() else {"when": "", "sort": EARLIEST_FIRST}
        self.when, self.is_done = asked["when"], asked["when"] == DONE
        self.order = EARLIEST_FIRST if self.is_done else asked["sort"]
        number = parse_number(after)
        before = Task.objects.filter(pk=number).first() if number else None
        self.first = before is None
        if before and self.is_done == before.is_done:
            found = form.get_tasks_behind(before, PAGE + 1)
        else:
            found = form.get_first_tasks(PAGE + 1)
        self.next = found[PAGE - 1].pk if len(found) > PAGE else None
        shown = found[:PAGE]
        self.lines = get_task_lines(shown, self.viewer, get_task_origins(shown))

    def iterate_groups(self) -> Iterator[tuple[Any, list[ListedTask]]]:
        """By day, by priority, or all in one by record."""
        if self.order in BY_RECORD:
            yield GROUPS[self.when], self.lines
        elif self.order in BY_PRIORITY:
            for priority, lines in groupby(self.lines, key=lambda line: line.task.priority):
                yield PRIORITIES[priority], list(lines)
        else:
            for name, lines in groupby(self._sort_by_group(), key=lambda line: line.group):
                yield GROUPS[name], list(lines)

    def _sort_by_group(self) -> list[ListedTask]:
        """The tasks come in the order of their own users' clocks, which may differ from the reader's."""
        if self.is_done:
            return self.lines
        if self.order == LATEST_FIRST:
            return sorted(self.lines, key=ListedTask.get_reverse_sort_key)
        return sorted(self.lines, key=ListedTask.get_sort_key)


def get_task_lines(
    tasks: list[Task], viewer: Any, origins: Mapping[int, str] = MappingProxyType({})
) -> list[ListedTask]:
    """Tasks that the viewer sees, with their records and whether the viewer may change them. Their own ones, they may."""
    changeable = get_changeable_tasks(tasks, viewer)
    records = get_records_by_key(tasks)
    now = timezone.localtime()
    return [
        ListedTask(
            task,
            task.pk in changeable,
            records[task.of, task.record],
            DONE if task.is_done else _get_group(task, now),
            origin=origins.get(task.pk, ""),
        )
        for task in tasks
        if (task.of, task.record) in records
    ]


def get_changeable_tasks(tasks: list[Task], viewer: Any) -> set[int]:
    """The IDs of those that the viewer may change. Their own ones, they may."""
    own = {task.pk for task in tasks if task.user_id == viewer.pk}
    others = [task.pk for task in tasks if task.pk not in own]
    if others:
        own |= {
            pk for (pk,) in get_compiled_values(_changeable_ids_queryset, others, Reader.from_user(viewer))
        }
    return own


def _get_group(task: Task, now: datetime) -> str:
    """On the reader's clock, also of a task that is due on the clock of another user."""
    due = get_due(task)
    return get_list_part(due.day, due.time, now) if due else get_list_part(None, None, now)


def _changeable_ids_queryset(ids: list[int], viewer: Reader) -> Any:
    """The ids of those tasks that the viewer may change. The query is kept (crm/platform/sql/compiled_querysets.py)."""
    return Task.objects.changeable_by(viewer).filter(pk__any=ids).values_list("pk")


def get_records_by_key(rows: list[Any]) -> dict[tuple[str, int], Any]:
    """The records of tasks or activities, one query for each type."""
    found: dict[tuple[str, int], Any] = {}
    for table in sorted({row.of for row in rows}):
        ids = [row.record for row in rows if row.of == table]
        found |= {(table, row.pk): row for row in get_records_for_page(KINDS[table], ids, SHOWN)}
    return found
