"""Adding a task on the page of tasks or in the calendar, and the page with the same form."""

from typing import Any

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.platform.web.rendering.form_rendering import focus_first_field
from crm.platform.web.responses import encode_filled_parameters, render_response
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.reasons import get_reason_sentence
from crm.work.tasks.listing.bulk_changes import ChangeTasksForm
from crm.work.tasks.new_task import NewTaskForm, build_new_task_context
from crm.work.tasks.views.tasks import check_sees_records, render_tasks_page


@require_http_methods(["GET", "HEAD", "POST"])
def new_task(request):
    """A GET by htmx with `q` only finds records. `query` is what the list asked for, to return to it, or with `calendar` to the
    calendar."""
    check_sees_records(request.user)
    if request.method != "POST":
        found_by = {"q": request.GET.get("q", "")}
        return render_new_task_page(request, NewTaskForm(viewer=request.user, initial=found_by))
    form, asked = NewTaskForm(request.POST, viewer=request.user), QueryDict(request.POST.get("query", ""))
    if form.is_valid():
        add_task_with_message(request, form)
        page = reverse("task_calendar" if "calendar" in request.POST else "tasks")
        return redirect(f"{page}?{encode_filled_parameters(asked)}#{form['title'].id_for_label}")
    if "query" in request.POST:
        change = ChangeTasksForm(viewer=request.user)
        return render_tasks_page(request, asked, change, status=422, new_task=form)
    return render_new_task_page(request, form, status=422)


def add_task_with_message(request, form: NewTaskForm) -> None:
    record = form.cleaned_data["record"]
    rows = type(record).objects.present().changeable_by(request.user).filter(pk=record.pk)
    show_added_message(request, form, carry_out(form.build_verb(), rows, by=request.user))


def show_added_message(request, form: Any, outcome: Outcome) -> None:
    record = form.cleaned_data["record"]
    for code in outcome.refused:
        messages.error(request, get_reason_sentence(code))
    if outcome.operation:
        words = _("Added “%(task)s” to %(record)s.") % {
            "task": form.cleaned_data["title"],
            "record": record,
        }
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")


def render_new_task_page(request, form: NewTaskForm, status: int = 200):
    focus_first_field(form)
    context = build_new_task_context(form)
    fragments = {"new-task-records": "tasks/_new_records.html"}
    return render_response(request, "tasks/new.html", context, fragments=fragments, status=status)
