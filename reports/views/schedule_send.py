"""Sending a scheduled report now: to whom it goes, the button, and the result of the last email."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm.platform.web.responses import render_response
from reports.models import ReportEmail, ReportSchedule
from reports.permissions import VIEW_PERMISSION
from reports.schedules.report_email import get_report_path, get_report_title
from reports.schedules.schedule import get_schedule_obstacle, queue_report_now
from reports.views.schedules import BOTH, get_own_schedule


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def schedule_send(request, pk):
    schedule, problem = get_own_schedule(request, pk), ""
    if request.method == "POST":
        problem = queue_report_now(schedule, request.user)
        if not problem:
            return redirect("reports:schedule_send", pk)
    elif reason := get_schedule_obstacle(schedule, request.user):
        problem = str(ReportSchedule.Pause(reason).label)
    emails = ReportEmail.objects.of_schedule(schedule)
    context = {
        "schedule": schedule,
        "title": get_report_title(schedule),
        "path": get_report_path(schedule),
        "problem": problem,
        "email": emails.order_by("-due_at").first(),
        "is_on_the_way": emails.on_the_way(timezone.now()).exists(),
    }
    fragments = {"sent": "reports/_sent.html"}
    return render_response(
        request, "reports/schedule_send.html", context, fragments=fragments, status=422 if problem else 200
    )
