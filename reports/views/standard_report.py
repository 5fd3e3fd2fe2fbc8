"""A report that Leadwell comes with: its numbers, tables and pictures for a period."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reports.display.definitions import definitions_of
from reports.display.panels import figures_of, get_compared, kept_since, panels_of, problems_of
from reports.display.report_controls import controls
from reports.engine.answer_cache import counted_now
from reports.models import Report
from reports.permissions import VIEW
from reports.pins import pinnable
from reports.standard_reports import BY_NAME, SHIPPED, is_open_to, shipped_for
from reports.views.report_workbook import workbook


@permission_required(VIEW, raise_exception=True)
@require_safe
def reports(request):
    return redirect("reports:report", SHIPPED[0].name)


@permission_required(VIEW, raise_exception=True)
@require_safe
def report(request, name):
    shipped = named(name, request.user)
    panels = panels_of(shipped, request.GET, request.user)
    question, problems = panels[0].answer.question, problems_of(panels)
    figures = figures_of(shipped, request.GET, request.user) if not problems else None
    context = {
        "report": shipped,
        "tabs": shipped_for(request.user),
        "saved": Report.objects.visible_to(request.user).by_name(),
        "panels": panels,
        "figures": figures,
        "compared": get_compared(panels, figures),
        "kept": kept_since(panels, figures),
        "definitions": definitions_of(panels, figures),
        "question": question,
        "controls": controls(question, request.user, fixed=True, top=bool(shipped.figures)),
        "may_group": not all(section.fixed for section in shipped.sections),
        "pin": pinnable(request.user, shipped=name, query=question.pinned),
        "problems": problems,
        "query": request.GET.urlencode(),
    }
    return render(request, "reports/report.html", context, status=422 if problems else 200)


@permission_required(VIEW, raise_exception=True)
@require_safe
def report_file(request, name):
    shipped = named(name, request.user)
    with counted_now():
        panels = panels_of(shipped, request.GET, request.user)
    if problems_of(panels):
        return report(request, name)
    return workbook(request, str(shipped.title), panels)


def named(name: str, user):
    if name not in BY_NAME:
        raise Http404
    if not is_open_to(BY_NAME[name], user):
        raise PermissionDenied
    return BY_NAME[name]
