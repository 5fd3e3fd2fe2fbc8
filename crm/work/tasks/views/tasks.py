"""Tasks: the list of one's own and of colleagues, by day, and changing many at once."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import encode_filled_parameters, render_response
from crm.records.kinds.kind_registry import get_viewable_kinds
from crm.records.kinds.reasons import get_reason_sentence
from crm.work.tasks.listing.bulk_changes import ChangeTasksForm, describe_done_tasks
from crm.work.tasks.listing.filters import WHEN, TaskFilterForm
from crm.work.tasks.listing.line_rendering import ListLines
from crm.work.tasks.listing.task_list import TaskPage
from crm.work.tasks.new_task import NewTaskForm, build_new_task_context
from crm.work.tasks.reassigned_due_times import describe_same_moment_tasks
from crm.work.tasks.sheet_columns import get_exportable_kinds
from crm.work.tasks.verbs import carry_out_on_tasks


@require_safe
def tasks(request):
    check_sees_records(request.user)
    return render_tasks_page(request, request.GET, ChangeTasksForm(viewer=request.user))


@require_POST
def change(request):
    """`query` is what the list asked for, to return to it, or with `calendar` to the calendar."""
    check_sees_records(request.user)
    form = ChangeTasksForm(request.POST, viewer=request.user)
    asked = QueryDict(request.POST.get("query", ""))
    if not form.is_valid():
        return render_tasks_page(request, asked, form, status=422)
    moved = form.count_moved()
    outcome = carry_out_on_tasks(form.build_verb(), form.ids, by=request.user)
    for code in [*outcome.refused, *(["hidden"] if outcome.hidden else [])]:
        messages.error(request, get_reason_sentence(code))
    if outcome.operation:
        words, undo = describe_done_tasks(form.action, len(outcome.changed)), f"undo-{outcome.operation.pk}"
        said = describe_same_moment_tasks(moved, form.cleaned_data["heir"])
        messages.success(request, f"{words} {said}".strip(), extra_tags=undo)
    page = reverse("task_calendar" if "calendar" in request.POST else "tasks")
    place = f"#task-{form.ids[0]}" if form.action == "reschedule" and len(form.ids) == 1 else ""
    return redirect(f"{page}?{encode_filled_parameters(asked)}{place}")


def render_tasks_page(
    request, asked: QueryDict, form: ChangeTasksForm, status: int = 200, new_task: NewTaskForm | None = None
):
    filters = TaskFilterForm(asked, viewer=request.user)
    page = TaskPage(filters, asked.get("after", ""))
    context = {"filters": filters, "page": page, "change": form, "asked": asked, "shown_on": "tasks"}
    context |= build_new_task_context(new_task or NewTaskForm(viewer=request.user))
    counts = filters.count_by_tab()
    context["tabs"] = [(value, label, counts.get(value)) for value, label in WHEN]
    lines = ListLines(request.user, form.ids if form.is_bound else [])
    context["groups"] = [(name, lines.render(group)) for name, group in page.iterate_groups()]
    today = timezone.localdate()
    context["next_days"] = [today + timedelta(days=number) for number in range(7)]
    context["when"] = asked.get("when", "")
    context["query"] = encode_filled_parameters(asked)
    context["may_export"] = bool(get_exportable_kinds(request.user))
    context["import_kind"] = next(
        (kind for kind in get_viewable_kinds(request.user) if kind.may_import(request.user)),
        None,
    )
    status = 400 if filters.errors else status
    return render_response(
        request, "tasks/list.html", context, fragments={"tasks": "tasks/_list.html"}, status=status
    )


def check_sees_records(user) -> None:
    """Tasks are for users who may view at least one kind of record."""
    if not get_viewable_kinds(user):
        raise PermissionDenied
