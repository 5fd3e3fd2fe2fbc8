"""Tasks on the start page: what the user has to do until the end of today, overdue tasks first."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_compiled_values, get_records_compiled_once
from crm.platform.web.phone_links import build_dial_url
from crm.platform.web.rendering.html_building import html, join_html
from crm.platform.web.start_page.start_page_parts import ListLink, StartPagePart, register_start_part
from crm.records.kinds.kind_registry import get_viewable_kinds
from crm.templatetags.look import icon, number
from crm.work.models.task import Task
from crm.work.tasks.due_times import format_due, get_due_tone
from crm.work.tasks.listing.filters import GROUPS, count_tasks_by_part
from crm.work.tasks.listing.task_list import ListedTask, get_task_lines
from crm.work.tasks.task_origins import get_task_origins


def render_task_lines(lines: Sequence[ListedTask], token: str) -> SafeString:
    return join_html(part for line in lines for part in _render_line(line, token))


def _render_line(line: ListedTask, token: str) -> Iterable[str]:
    task, record = line.task, line.record
    yield "<li>"
    if line.may_change:
        yield _render_complete_button(line, token)
    page = record.get_absolute_url()
    address = line.kind.get_url("task", task.record, task.pk)
    yield html('<div class="grow"><a class="opens" href="{}">{}</a>', address, str(task))
    yield html('<p class="soft small cluster"><a href="{}">{}</a>', page, str(record))
    if getattr(record, "phone", ""):
        number = build_dial_url(record.phone_normal or record.phone)
        yield html('<a href="{}" data-dial="{}">{}</a>', number, page, record.phone)
    if task.type != Task.Type.TO_DO:
        yield html("<span>{}</span>", capfirst(task.get_type_display()))
    if task.priority == Task.Priority.HIGH:
        yield html('<span class="chip" data-tone="warning">{}</span>', _("High priority"))
    if line.origin:
        yield html("<span>{}</span>", line.origin)
    yield html(
        '</p></div><span class="chip" data-tone="{}">{}</span></li>', get_due_tone(task), format_due(task)
    )


def _render_complete_button(line: ListedTask, token: str) -> SafeString:
    task = line.task
    return html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="button check" data-kind="quiet" data-square name="today" aria-label="{}">{}</button></form>',
        line.kind.get_url("complete_task", task.record, task.pk),
        token,
        _("Complete “%(task)s” of %(record)s") % {"task": task, "record": line.record},
        icon("check"),
    )


FIRST = 5
# Whether each task may be seen is looked up, so fewer are counted than in the list.
COUNTED = 100


@register_start_part(20, "tasks")
def build_tasks_part(user: Any) -> StartPagePart | None:
    if not get_viewable_kinds(user):
        return None
    due = get_compiled_values(_due_tasks_queryset, [], Reader.from_user(user), timezone.localdate())
    first = [pk for pk, _day, _clock in due[:FIRST]]
    found = (
        {task.pk: task for task in get_records_compiled_once(_tasks_with_people_queryset, first)}
        if first
        else {}
    )
    tasks, address = [found[pk] for pk in first if pk in found], reverse("tasks")
    # Empty if there are too many to count.
    counts = count_tasks_by_part(((day, clock) for _pk, day, clock in due), COUNTED)
    return StartPagePart(
        name="tasks",
        title=_("Tasks"),
        draw=render_task_lines,
        lines=get_task_lines(tasks, user, get_task_origins(tasks)),
        empty=_("No tasks are overdue or due today."),
        counts=[
            ListLink(
                GROUPS[when], f"{address}?when={when}", number(counts.get(when)), urgent=when == "overdue"
            )
            for when in ("overdue", "today")
            if when in counts or not counts
        ],
        all=ListLink(_("View all tasks"), address),
    )


# Both are kept (crm/platform/sql/compiled_querysets.py).


def _due_tasks_queryset(_ids: list[int], user: Reader, today: date) -> Any:
    """The user's open tasks that are due until the end of today."""
    rows = Task.objects.listed_for(user).open().for_user(user.pk).due_between(date.min, today)
    return rows.in_order().values_list("pk", "due_on", "due_time")[: COUNTED + 1]


def _tasks_with_people_queryset(ids: list[int]) -> Any:
    return Task.objects.with_people().filter(pk__any=ids)
