"""Tasks on the start page: what the user has to do until the end of today, overdue tasks first."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.platform.sql.compiled_querysets import get_records_compiled_once, values_of
from crm.platform.sql.reader_keys import Reader
from crm.platform.web.start_page.start_page_parts import StartPagePart, Way, start_part
from crm.records.kinds.kind_registry import get_viewable_kinds
from crm.templatetags.look import number
from crm.work.models.task import Task
from crm.work.tasks.listing.filters import GROUPS, count_tasks_by_part
from crm.work.tasks.listing.task_list import get_task_lines
from crm.work.tasks.start_page_rendering import render_task_lines

FIRST = 5
# Whether each task may be seen is looked up, so fewer are counted than in the list.
COUNTED = 100


@start_part(20, "tasks")
def tasks_due(user: Any) -> StartPagePart | None:
    if not get_viewable_kinds(user):
        return None
    due = values_of(_due, [], Reader.of(user), timezone.localdate())
    first = [pk for pk, _day, _clock in due[:FIRST]]
    found = {task.pk: task for task in get_records_compiled_once(_with_people, first)} if first else {}
    # Empty if there are too many to count.
    counts, tasks = count_tasks_by_part(((day, clock) for _pk, day, clock in due), COUNTED), reverse("tasks")
    return StartPagePart(
        name="tasks",
        title=_("Tasks"),
        draw=render_task_lines,
        lines=get_task_lines([found[pk] for pk in first if pk in found], user),
        empty=_("No tasks are overdue or due today."),
        counts=[
            Way(GROUPS[when], f"{tasks}?when={when}", number(counts.get(when)), urgent=when == "overdue")
            for when in ("overdue", "today")
            if when in counts or not counts
        ],
        all=Way(_("View all tasks"), tasks),
    )


# Both are kept (crm/platform/sql/compiled_querysets.py).


def _due(_ids: list[int], user: Reader, today: date) -> Any:
    """The user's open tasks that are due until the end of today."""
    rows = Task.objects.listed_for(user).open().for_user(user.pk).due_between(date.min, today)
    return rows.in_order().values_list("pk", "due_on", "due_time")[: COUNTED + 1]


def _with_people(ids: list[int]) -> Any:
    return Task.objects.with_people().filter(pk__any=ids)
