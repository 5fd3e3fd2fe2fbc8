"""The calendar: the tasks and meetings of a day, a week or a month, one's own, those of a colleague or of the team."""

from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.platform.web.responses import encode_filled_parameters, render_response
from crm.work.tasks.calendar.calendar_days import CalendarDays
from crm.work.tasks.calendar.calendar_form import CalendarForm
from crm.work.tasks.calendar.entry_rendering import render_days
from crm.work.tasks.new_task import NewTaskForm, build_new_task_context
from crm.work.tasks.views.tasks import check_sees_records


@require_safe
def calendar(request):
    check_sees_records(request.user)
    form = CalendarForm(request.GET, viewer=request.user)
    days = CalendarDays(form)
    context = {"filters": form, "calendar": days, "asked": request.GET, "shown_on": "tasks"}
    context["days"] = render_days(days, request.user)
    context |= build_new_task_context(NewTaskForm(viewer=request.user))
    context["first_day"] = max(form.period.begins, min(timezone.localdate(), form.period.last))
    context["query"] = encode_filled_parameters(request.GET)
    status = 400 if form.errors else 200
    return render_response(request, "tasks/calendar.html", context, status=status)
