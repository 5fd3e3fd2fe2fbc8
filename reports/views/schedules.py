"""Scheduled emails: a user's reports by email, adding one, changing, pausing and deleting it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports.display.panels import build_section_question
from reports.models import Dashboard, Report, ReportSchedule
from reports.permissions import VIEW_PERMISSION
from reports.schedules.forms import ScheduleForm
from reports.schedules.report_email import get_report_path, get_report_title
from reports.schedules.schedule import get_schedule_obstacle, pause_schedule, set_next_time
from reports.views.standard_report import get_report

BOTH = ["GET", "HEAD", "POST"]


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def schedules(request):
    rows = ReportSchedule.objects.visible_to(request.user).with_last_email().by_next()
    lines = [(row, get_report_title(row), get_report_path(row)) for row in rows.with_reports()]
    return render(request, "reports/schedules.html", {"lines": lines})


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def schedule_shipped(request, name):
    """The report as the page shows it: the period and the filters of the URL."""
    shipped = get_report(name, request.user)
    question = build_section_question(shipped.sections[0], request.GET, request.user)
    query = get_normalized_query(question, request.GET)
    new = ReportSchedule(shipped=name, query=query, title=str(shipped.title)[:80])
    return save_or_show_form(request, new, question.problems)


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def schedule_saved(request, pk):
    report = get_object_or_404(Report.objects.visible_to(request.user), pk=pk)
    return save_or_show_form(request, ReportSchedule(report=report, title=report.name))


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def schedule_dashboard(request, pk):
    dashboard = get_object_or_404(Dashboard.objects.visible_to(request.user), pk=pk)
    return save_or_show_form(request, ReportSchedule(dashboard=dashboard, title=dashboard.name))


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def schedule_edit(request, pk):
    schedule = get_own_schedule(request, pk)
    reason = get_schedule_obstacle(schedule, request.user)
    problems = [ReportSchedule.Pause(reason).label] if reason else []
    return save_or_show_form(request, schedule, problems)


def get_own_schedule(request, pk) -> ReportSchedule:
    return get_object_or_404(ReportSchedule.objects.changeable_by(request.user), pk=pk)


def get_normalized_query(question, data: QueryDict) -> str:
    """Of the URL what a reader of the report can choose, as it was read."""
    found = question.url_parameters
    for name in ("measure", "picture", *(name for name in ("by", "basis") if name not in data)):
        found.pop(name, None)
    return found.urlencode()


def save_or_show_form(request, schedule: ReportSchedule, problems=()):
    form = ScheduleForm(request.POST or None, instance=schedule, user=request.user)
    if form.is_bound and form.is_valid() and not problems:
        form.save()
        messages.success(request, _("You’ll get “%(name)s” by email.") % {"name": get_report_title(schedule)})
        return redirect("reports:schedules")
    context = {
        "form": form,
        "problems": problems,
        "schedule": schedule,
        "title": get_report_title(schedule),
        "path": get_report_path(schedule),
    }
    return render(request, "reports/schedule.html", context, status=422 if form.is_bound or problems else 200)


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def schedule_pause(request, pk):
    pause_schedule(get_own_schedule(request, pk), ReportSchedule.Pause.USER)
    messages.success(request, _("Paused the emails."))
    return redirect("reports:schedules")


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def schedule_resume(request, pk):
    schedule = get_own_schedule(request, pk)
    if reason := get_schedule_obstacle(schedule, request.user):
        messages.error(request, ReportSchedule.Pause(reason).label)
        return redirect("reports:schedules")
    set_next_time(schedule, request.user)
    schedule.save()
    messages.success(request, _("Resumed the emails."))
    return redirect("reports:schedules")


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def schedule_delete(request, pk):
    get_own_schedule(request, pk).delete()
    messages.success(request, _("Deleted the scheduled email."))
    return redirect("reports:schedules")
