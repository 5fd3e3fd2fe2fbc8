"""The emails about tasks, in the language and the time zone of their reader."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.reminders.task_reminders import tasks_of_day_queryset
from crm.platform.configuration.company import get_company_language
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.task import Task
from crm.work.tasks.due_times import format_due_for_assignee, get_due

# More than that are counted.
NAMED = 20


def build_tasks_of_day_email(user: User, of: User, day: date) -> EmailMessage | None:
    """None if there is nothing to do any more."""
    rows = tasks_of_day_queryset(user, of, day)
    count, tasks = rows.count(), list(rows.with_people()[:NAMED])
    if not count:
        return None
    with translation.override(user.language or get_company_language()), timezone.override(user.zone):
        text = ngettext("%(count)s task for today", "%(count)s tasks for today", count) % {"count": count}
        subject = f"{of.name}: {text}" if of.pk != user.pk else text
        path = f"/admin/tasks?user={of.pk}" if of.pk != user.pk else "/admin/tasks"
        context = {
            "user": user,
            "of": of,
            "away": of.pk != user.pk,
            "lines": _build_task_lines(tasks),
            "more": count - len(tasks),
        }
        context |= {"site": settings.SITE_URL, "path": path}
        return EmailMessage(
            subject, render_to_string("accounts/mail/tasks_of_day.txt", context), to=[user.email]
        )


def build_task_due_email(user: User, pk: int) -> EmailMessage | None:
    task = Task.objects.listed_for(user).open().with_people().filter(pk=pk).first()
    if task is None:
        return None
    with translation.override(user.language or get_company_language()), timezone.override(user.zone):
        (line,) = _build_task_lines([task])
        context = {"user": user, "line": line, "site": settings.SITE_URL}
        text = render_to_string("accounts/mail/task_due.txt", context)
        # A title has no line ends, and the header would refuse them.
        return EmailMessage(_("Task due: %(task)s") % {"task": task}, text, to=[user.email])


def _build_task_lines(tasks: list[Task]) -> list[dict]:
    """Each task with its record and its full URL; the caller has read only tasks that the reader sees."""
    records: dict[tuple[str, int], Any] = {}
    for of in {task.of for task in tasks}:
        ids = [task.record for task in tasks if task.of == of]
        rows = KINDS[of].model.objects.filter(pk__in=ids)
        records |= {(of, row.pk): row for row in rows}
    return [
        {
            "task": task,
            "record": records[task.of, task.record],
            "due": due,
            "there": format_due_for_assignee(task, due),
            "link": settings.SITE_URL + KINDS[task.of].get_url("task", task.record, task.pk),
        }
        for task, due in ((task, get_due(task)) for task in tasks)
    ]
