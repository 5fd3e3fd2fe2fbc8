"""One task: its page and form; completing, reopening and deleting it."""

from copy import copy
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.models import Change
from crm.platform.web.responses import render_response
from crm.records.history.timeline import build_changes_in_words
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.way_back import build_place_context, get_record_url
from crm.records.screens.views.kind_access import get_visible_record, kind_view
from crm.records.screens.views.record_item import save_changes_or_redraw
from crm.work.models.task import Task
from crm.work.tasks.due_times import get_due
from crm.work.tasks.forms import TaskForm
from crm.work.tasks.reassigned_due_times import count_on_other_clocks, describe_same_moment_tasks
from crm.work.tasks.snooze import build_snooze_verb
from crm.work.tasks.task_origins import get_task_origins
from crm.work.tasks.verbs import CompleteTask, DeleteTask, EditTask, ReopenTask, carry_out_on_tasks


@kind_view()
def task(request, kind: Kind, pk, task):
    record = get_visible_record(kind, request.user, pk)
    row = get_task(kind, request.user, pk, task)
    may = Task.scope.may_change(row, request.user)
    # A form writes what was typed to its instance; the page needs the task as it is.
    data, shown = request.POST or None, copy(row)
    form = TaskForm(data, instance=shown, record=record, viewer=request.user) if may else None
    drawn = partial(render_task_page, request, kind, record, row, form)
    if request.method != "POST":
        return drawn()

    def write(changes):
        heir = None if changes.keys() & {"due_on", "due_time"} else changes.get("user")
        moved = count_on_other_clocks(Task.objects.filter(pk=row.pk), heir)
        words = filter(None, [_("Saved."), describe_same_moment_tasks(moved, heir)])
        show_outcome_message(
            request, carry_out_on_tasks(EditTask(changes), [row.pk], by=request.user), " ".join(words)
        )

    return save_changes_or_redraw(request, kind, record, row, form, draw=drawn, write=write)


def render_task_page(request, kind: Kind, record: Any, row: Task, form: TaskForm | None, status: int = 200):
    changes = Change.objects.of_row(Task.table, row.pk).with_operations().newest_first()
    versions = [
        (change, fields) for change, fields in build_changes_in_words(Task, changes, request.user) if fields
    ]
    due = get_due(row)
    context = {"kind": kind, "record": record, "task": row, "form": form, "versions": versions}
    context |= build_place_context(request, kind, record)
    context["origin"] = get_task_origins([row]).get(row.pk, "")
    context["other_clock"] = due is not None and due.there is not None
    return render_response(request, "tasks/task.html", context, status=status)


@kind_view()
@require_POST
def complete_task(request, kind: Kind, pk, task):
    """With `open`, it is open again."""
    if "open" in request.POST:
        return change_task(request, kind, pk, task, ReopenTask(), _("Reopened the task."))
    return change_task(request, kind, pk, task, CompleteTask(request.user), _("Completed the task."))


@kind_view()
@require_POST
def snooze_task(request, kind: Kind, pk, task):
    """Later: `until` names a moment on the clock of the user the task is for."""
    row = get_task(kind, request.user, pk, task)
    verb = build_snooze_verb(row, request.POST.get("until", ""))
    if verb is None:
        raise BadRequest
    return change_task(request, kind, pk, task, verb, _("Rescheduled the task."))


@kind_view()
@require_POST
def delete_task(request, kind: Kind, pk, task):
    return change_task(request, kind, pk, task, DeleteTask(), _("Deleted the task."))


def change_task(request, kind: Kind, pk: int, task: int, verb: Verb, words: str):
    """Leads back to the record, or to the start page if it was sent there."""
    row = get_task(kind, request.user, pk, task)
    if not Task.scope.may_change(row, request.user):
        raise PermissionDenied
    show_outcome_message(request, carry_out_on_tasks(verb, [row.pk], by=request.user), words)
    return redirect("today" if "today" in request.POST else get_record_url(request, kind, pk))


def show_outcome_message(request, outcome: Any, words: str) -> None:
    """The message after a change, with Undo; why some tasks couldn't be changed; or that nothing was."""
    for code in outcome.refused:
        messages.error(request, get_reason_sentence(code))
    if outcome.operation:
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
    elif not outcome.refused:
        messages.info(request, _("Nothing was changed."))


def get_task(kind: Kind, user, pk: int, task: int) -> Task:
    """A task of a record that the user sees; anything else is not found."""
    rows = Task.objects.present().visible_to(user).of_record(kind.name, pk).with_people()
    row = rows.filter(pk=task).first()
    if row is None:
        raise Http404
    return row
