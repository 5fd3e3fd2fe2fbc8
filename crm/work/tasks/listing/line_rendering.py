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

# They stand for the record and the row in the address of a page, which is built once for each record type.
RECORD, ROW = 111_111_111_111, 222_222_222_222


class CheckButtons:
    """The buttons that complete one task each."""

    def __init__(self) -> None:
        self.words, self.icon = split_words(_("Complete “%(task)s” of %(record)s")), icon("check")

    def render(self, pk: int, title: str, record: str) -> str:
        """`title` and `record` are HTML already."""
        return (
            f'<button class="button check" data-kind="quiet" data-square name="one" value="{pk}"'
            f' aria-label="{self.words[0]}{title}{self.words[1]}{record}{self.words[2]}">{self.icon}</button>'
        )


def split_words(sentence: str) -> list[str]:
    """What is before, between and after the task and the record of this sentence, as HTML."""
    return escape_value(sentence % {"task": "\0", "record": "\0"}).split("\0")


def build_row_url(once: DrawnOnce, name: str, row: Any) -> str:
    """The address of this name for a task or an activity of a record."""
    form = once(name, row.of, draw=lambda: KINDS[row.of].get_url(name, RECORD, ROW))
    return form.replace(str(ROW), str(row.pk)).replace(str(RECORD), str(row.record))


class ListLines:
    """The lines that one viewer sees. `selected` are the ids of the ticked tasks."""

    def __init__(self, viewer: Any, selected: Collection[int]) -> None:
        self.viewer, self.selected = viewer, selected
        self.once = DrawnOnce()
        self.short_date = build_short_date_formatter()
        self.select = split_words(_("Select “%(task)s” of %(record)s"))
        self.check = CheckButtons()
        self.types = {value: html("<span>{}</span>", capfirst(word)) for value, word in Task.Type.choices}
        self.repeats = {value: html("<span>{}</span>", capfirst(word)) for value, word in Task.Repeat.choices}
        self.high = html('<span class="chip" data-tone="warning">{}</span>', _("High priority"))

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
                yield self.check.render(pk, title, name)
        address = build_row_url(self.once, "task", task)
        yield f'<div class="grow"><a class="opens" id="task-{pk}" href="{address}">{title}</a>'
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
