"""Draws the lines of the list of tasks: fifty in one pass, because a template takes three times as long as everything else."""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.platform.web.phone_links import build_dial_url
from crm.platform.web.rendering.html_building import DrawnOnce, escape_value, html, join_html
from crm.records.kinds.kind_registry import KINDS
from crm.templatetags.look import build_short_date_formatter, icon, person
from crm.work.models.task import Task
from crm.work.tasks.due_times import format_due, get_due_tone
from crm.work.tasks.listing.task_list import ListedTask

# They stand for the record and the task in the address of a task's page, which is built once for each record type.
RECORD, TASK = 111_111_111_111, 222_222_222_222


class ListLines:
    """The lines that one viewer sees. `selected` are the ids of the ticked tasks."""

    def __init__(self, viewer: Any, selected: Collection[int]) -> None:
        self.viewer, self.selected = viewer, selected
        self.once = DrawnOnce()
        self.short_date = build_short_date_formatter()
        self.select, self.complete = (
            escape_value(words).split("\0")
            for words in (
                _("Select “%(task)s” of %(record)s") % {"task": "\0", "record": "\0"},
                _("Complete “%(task)s” of %(record)s") % {"task": "\0", "record": "\0"},
            )
        )
        self.types = {value: html("<span>{}</span>", capfirst(word)) for value, word in Task.Type.choices}
        self.repeats = {value: html("<span>{}</span>", capfirst(word)) for value, word in Task.Repeat.choices}
        self.high = html('<span class="chip" data-tone="warning">{}</span>', _("High priority"))
        self.check = icon("check")

    def render(self, lines: Iterable[ListedTask]) -> SafeString:
        return join_html(part for line in lines for part in self._render_line(line))

    def _render_line(self, line: ListedTask) -> Iterable[str]:
        task, record, pk = line.task, line.record, line.task.pk
        title, name, page = escape_value(str(task)), escape_value(str(record)), record.get_absolute_url()
        yield f'<li data-when="{"overdue" if task.is_overdue else "later"}"{self._render_planning_attributes(line)}>'
        if line.may_change:
            ticked = " checked" if pk in self.selected else ""
            label = f"{self.select[0]}{title}{self.select[1]}{name}{self.select[2]}"
            yield f'<input class="tick" type="checkbox" name="task" value="{pk}"{ticked} aria-label="{label}">'
            if not task.is_done:
                label = f"{self.complete[0]}{title}{self.complete[1]}{name}{self.complete[2]}"
                yield (
                    f'<button class="button check" data-kind="quiet" data-square name="one" value="{pk}"'
                    f' aria-label="{label}">{self.check}</button>'
                )
        yield f'<div class="grow"><a class="opens" id="task-{pk}" href="{self._build_address(line)}">{title}</a>'
        yield f'<p class="soft small cluster" data-gap="small"><a href="{page}">{name}</a>'
        yield from self._render_beside(task, record, page)
        if line.origin:
            yield html("<span>{}</span>", line.origin)
        yield "</p></div>"
        yield self._render_when(task)
        yield "</li>"

    def _render_planning_attributes(self, line: ListedTask) -> str:
        """What the script that plans tasks reads of it (static/js/planning.js): one that is overdue is moved from today on."""
        task = line.task
        if task.is_done or not line.may_change:
            return ""
        due = "" if task.due_on is None or task.is_overdue else task.due_on.isoformat()
        return f' data-task="{task.pk}" data-due="{due}"'

    def _render_beside(self, task: Task, record: Any, page: str) -> Iterable[str]:
        if getattr(record, "phone", "") and not task.is_done:
            number = build_dial_url(record.phone_normal or record.phone)
            yield html('<a href="{}" data-dial="{}">{}</a>', number, page, record.phone)
        if task.type != Task.Type.TO_DO:
            yield self.types[task.type]
        if task.repeat:
            yield self.repeats[task.repeat]
        if task.priority == Task.Priority.HIGH:
            yield self.high
        if task.user_id != self.viewer.pk:
            yield self.once("user", task.user_id, draw=lambda: html("<span>{}</span>", person(task.user)))

    def _render_when(self, task: Task) -> str:
        if task.is_done:
            return html('<span class="soft small">{}</span>', self.short_date(task.done_at))
        if task.due_on is None:
            return ""
        # Of a time, each user has their own clock.
        user = task.user_id if task.due_time else None
        return self.once("due", task.due_on, task.due_time, user, draw=lambda: self._render_due(task))

    def _render_due(self, task: Task) -> str:
        return html('<span class="chip" data-tone="{}">{}</span>', get_due_tone(task), format_due(task))

    def _build_address(self, line: ListedTask) -> str:
        task = line.task
        form = self.once("page", task.of, draw=lambda: KINDS[task.of].get_url("task", RECORD, TASK))
        return form.replace(str(TASK), str(task.pk)).replace(str(RECORD), str(task.record))
