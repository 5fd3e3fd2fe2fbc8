"""Add to dashboard: a report as a card of one of the user's dashboards, or of a new one."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from reports.dashboards.addition_form import AdditionForm
from reports.display.panels import build_section_question
from reports.display.report_cards import get_card_title, get_card_url
from reports.models import DashboardPart, Report
from reports.permissions import VIEW_PERMISSION
from reports.views.dashboard_parts import add_and_say
from reports.views.dashboard_settings import BOTH
from reports.views.standard_report import get_report


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def add_shipped(request, name):
    """With the period and the filters of the URL, as far as they can be read."""
    shipped = get_report(name, request.user)
    question = build_section_question(shipped.sections[0], request.GET, request.user)
    query = "" if question.problems else question.query_for_pin
    return add_or_show_form(request, DashboardPart(shipped=name, query=query))


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def add_saved(request, pk):
    report = get_object_or_404(Report.objects.visible_to(request.user), pk=pk)
    return add_or_show_form(request, DashboardPart(report=report))


def add_or_show_form(request, part: DashboardPart):
    form = AdditionForm(request.POST or None, user=request.user)
    if form.is_bound and form.is_valid():
        dashboard = form.get_or_create_dashboard()
        if add_and_say(request, dashboard, [part]):
            return redirect("reports:dashboard", dashboard.pk)
    context = {"form": form, "title": get_card_title(part), "path": get_card_url(part)}
    return render(request, "reports/add_to_dashboard.html", context, status=422 if form.is_bound else 200)
