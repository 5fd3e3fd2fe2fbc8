"""A report that Leadwell comes with: its numbers, tables and pictures for a period."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from crm.platform.web.rendering.day_links import with_days_for_words
from reports.display.definitions import get_definitions
from reports.display.panels import (
    build_figures,
    build_panels,
    get_compared,
    get_distinct_problems,
    get_oldest_count_time,
    get_period_title,
    get_withheld_sentence,
)
from reports.display.record_lines import build_line_table
from reports.display.report_controls import build_controls
from reports.display.report_groups import build_report_groups
from reports.engine.answer_cache import bypass_cache
from reports.engine.report_periods import ENDS
from reports.permissions import VIEW_PERMISSION
from reports.pins import get_pin_state
from reports.standard_reports import BY_NAME, SHIPPED, may_view_report
from reports.views.report_workbook import build_workbook_response


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def reports(request):
    return redirect("reports:report", SHIPPED[0].name)


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
@with_days_for_words(*ENDS)
def report(request, name):
    shipped = get_report(name, request.user)
    panels = build_panels(shipped, request.GET, request.user)
    question, problems = panels[0].answer.question, get_distinct_problems(panels)
    figures = build_figures(shipped, request.GET, request.user) if not problems else None
    context = {
        "report": shipped,
        "groups": build_report_groups(request.user, shipped, question.query_for_other_reports),
        "panels": panels,
        "figures": figures,
        "compared": get_compared(panels, figures),
        "withheld": get_withheld_sentence(panels, figures),
        "kept": get_oldest_count_time(panels, figures),
        "lines": build_line_table(shipped.lines, question, request.user) if not problems else None,
        "definitions": get_definitions(panels, figures),
        "question": question,
        "controls": build_controls(question, request.user, fixed=True, top=bool(shipped.figures)),
        "period_title": get_period_title(panels),
        "has_period_before": any(panel.answer.question.has_period_before for panel in panels),
        "may_group": not all(section.fixed for section in shipped.sections),
        "pin": get_pin_state(request.user, shipped=name, query=question.query_for_pin),
        "problems": problems,
        "query": request.GET.urlencode(),
    }
    return render(request, "reports/report.html", context, status=422 if problems else 200)


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def report_file(request, name):
    shipped = get_report(name, request.user)
    with bypass_cache():
        panels = build_panels(shipped, request.GET, request.user)
        if get_distinct_problems(panels):
            return report(request, name)
        figures = build_figures(shipped, request.GET, request.user)
        lines = build_line_table(shipped.lines, panels[0].answer.question, request.user)
    return build_workbook_response(request, str(shipped.title), panels, figures, lines)


def get_report(name: str, user):
    if name not in BY_NAME:
        raise Http404
    if not may_view_report(BY_NAME[name], user):
        raise PermissionDenied
    return BY_NAME[name]
