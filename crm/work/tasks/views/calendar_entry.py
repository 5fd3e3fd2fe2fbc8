"""Adding a task or a meeting at a time of the calendar, and moving one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.platform.web.responses import encode_filled_parameters, render_response
from crm.records.editing.settings_change import show_change_message
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import carry_out_on_activity
from crm.work.activities.views.activity import add_email_sentence
from crm.work.models.task import Task
from crm.work.tasks.calendar.calendar_form import CalendarForm
from crm.work.tasks.calendar.calendar_period import WEEK
from crm.work.tasks.calendar.entry_moves import MoveForm
from crm.work.tasks.calendar.new_entry import NewEntryForm
from crm.work.tasks.new_task import build_new_task_context
from crm.work.tasks.verbs import carry_out_on_tasks
from crm.work.tasks.views.new_task import show_added_message
from crm.work.tasks.views.task import show_outcome_message
from crm.work.tasks.views.tasks import check_sees_records


@require_http_methods(["GET", "HEAD", "POST"])
def new_entry(request):
    """`day`, `time`, `minutes` and `what` of the URL are what the form starts with."""
    check_sees_records(request.user)
    if request.method != "POST":
        start = NewEntryForm.read_initial(request.GET)
        return render_new_entry_page(request, NewEntryForm(viewer=request.user, initial=start))
    form = NewEntryForm(request.POST, viewer=request.user)
    if not form.is_valid():
        return render_new_entry_page(request, form, status=422)
    record = form.cleaned_data["record"]
    rows = type(record).objects.present().changeable_by(request.user).filter(pk=record.pk)
    show_added_message(request, form, carry_out(form.build_entry_verb(), rows, by=request.user))
    shown = {"view": request.POST.get("view") or WEEK, "day": form.cleaned_data["day"].isoformat()}
    return redirect(f"{reverse('task_calendar')}?{urlencode(shown)}")


def render_new_entry_page(request, form: NewEntryForm, status: int = 200):
    context = build_new_task_context(form) | {"view": request.GET.get("view", request.POST.get("view", ""))}
    return render_response(request, "tasks/new_entry.html", context, status=status)


@require_POST
def move_entry(request):
    """`query` is what the calendar asked for, to return to it; it shows the day to which the entry went."""
    check_sees_records(request.user)
    form, asked = (
        MoveForm(request.POST, viewer=request.user),
        QueryDict(request.POST.get("query", ""), mutable=True),
    )
    if form.row is None:
        raise Http404
    if form.is_valid():
        carry_out_move(request, form)
        period = CalendarForm(asked, viewer=request.user).period
        if not period.first <= form.cleaned_data["day"] <= period.last:
            asked["day"] = form.cleaned_data["day"].isoformat()
    for error in [error for found in form.errors.values() for error in found]:
        messages.error(request, str(error))
    return redirect(f"{reverse('task_calendar')}?{encode_filled_parameters(asked)}#{form.data['entry']}")


def carry_out_move(request, form: MoveForm) -> None:
    words = form.describe_move()
    if isinstance(form.row, Task):
        verb = form.build_task_verb(form.row)
        show_outcome_message(request, carry_out_on_tasks(verb, [form.row.pk], by=request.user), words)
        return
    if form.row:
        done = carry_out_on_activity(form.build_meeting_verb(form.row), form.row, by=request.user)
        show_change_message(request, done, add_email_sentence(form.row, words))
