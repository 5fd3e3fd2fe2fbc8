"""The report builder: numbers, groups, period and filters of the user's choice, as a table and a picture."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.records.listing.personal_filters import why_personal
from reports.display.panels import get_compared, panel_of, problems_of
from reports.display.report_controls import controls
from reports.engine.answer_cache import counted_now
from reports.engine.question import USUAL, read_question
from reports.models import Report
from reports.permissions import VIEW
from reports.pins import pinnable
from reports.standard_reports import shipped_for
from reports.views.report_workbook import workbook


@permission_required(VIEW, raise_exception=True)
@require_safe
def build(request):
    question = read_question(request.GET, request.user, **USUAL)
    panel = panel_of(_("Result"), question, request.user, request.GET)
    report = opened(request)
    context = {
        "tabs": shipped_for(request.user),
        "saved": Report.objects.visible_to(request.user).by_name(),
        "opened": report,
        "pin": pinnable(request.user, report=report) if report else None,
        "panel": panel,
        "compared": get_compared([panel], None),
        "question": question,
        "controls": controls(question, request.user),
        "problems": panel.answer.problems,
        "query": question.data.urlencode(),
        "differs_by_user": why_personal(question.listing) if report and report.shared else "",
    }
    return render(request, "reports/builder.html", context, status=422 if panel.answer.problems else 200)


@permission_required(VIEW, raise_exception=True)
@require_safe
def build_file(request):
    with counted_now():
        panel = panel_of(_("Report"), read_question(request.GET, request.user, **USUAL), request.user)
    return build(request) if problems_of([panel]) else workbook(request, _("Report"), [panel])


def opened(request) -> Report | None:
    """The saved report that the URL names, if the user may open it."""
    pk = request.GET.get("report", "")
    return (
        Report.objects.visible_to(request.user).filter(pk=int(pk)).first()
        if pk.isdecimal() and len(pk) < 10
        else None
    )
