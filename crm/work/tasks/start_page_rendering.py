"""Draws the tasks on the start page in one pass."""

from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.platform.web.phone_links import build_dial_url
from crm.platform.web.rendering.html_building import html, join_html
from crm.templatetags.look import icon
from crm.work.models.task import Task
from crm.work.tasks.due_times import get_due_words
from crm.work.tasks.listing.task_list import ListedTask


def render_task_lines(lines: Sequence[ListedTask], token: str) -> SafeString:
    return join_html(part for line in lines for part in _line(line, token))


def _line(line: ListedTask, token: str) -> Iterable[str]:
    task, record = line.task, line.record
    yield "<li>"
    if line.may_change:
        yield _complete(line, token)
    page = record.get_absolute_url()
    address = line.kind.url("task", task.record, task.pk)
    yield html('<div class="grow"><a class="link" href="{}">{}</a>', address, str(task))
    yield html('<p class="soft small cluster"><a href="{}">{}</a>', page, str(record))
    if getattr(record, "phone", ""):
        number = build_dial_url(record.phone_normal or record.phone)
        yield html('<a class="link" href="{}" data-dial="{}">{}</a>', number, page, record.phone)
    if task.type != Task.Type.TO_DO:
        yield html("<span>{}</span>", capfirst(task.get_type_display()))
    if task.priority == Task.Priority.HIGH:
        yield html('<span class="chip" data-tone="warning">{}</span>', _("High priority"))
    tone = "negative" if task.is_overdue else "accent"
    yield html('</p></div><span class="chip" data-tone="{}">{}</span></li>', tone, get_due_words(task))


def _complete(line: ListedTask, token: str) -> SafeString:
    task = line.task
    return html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="button check" data-kind="quiet" data-square name="today" aria-label="{}">{}</button></form>',
        line.kind.url("complete_task", task.record, task.pk),
        token,
        _("Complete “%(task)s” of %(record)s") % {"task": task, "record": line.record},
        icon("check"),
    )
