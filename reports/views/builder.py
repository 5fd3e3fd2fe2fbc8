"""The report builder: numbers, groups, period and filters of the user's choice, as a table and a picture."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.web.rendering.day_links import with_days_for_words
from crm.records.listing.personal_filters import get_personal_reason
from reports.display.panels import build_panel, get_compared, get_distinct_problems, get_withheld_sentence
from reports.display.report_controls import build_controls
from reports.display.report_groups import build_report_groups
from reports.engine.answer_cache import bypass_cache
from reports.engine.question import DEFAULT_QUESTION, parse_question
from reports.engine.report_periods import ENDS
from reports.models import Report
from reports.permissions import VIEW_PERMISSION
from reports.pins import get_pin_state
from reports.views.report_workbook import build_workbook_response


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
@with_days_for_words(*ENDS)
def build(request):
    question = parse_question(request.GET, request.user, **DEFAULT_QUESTION)
    panel = build_panel(_("Result"), question, request.user, request.GET)
    report = get_opened_report(request)
    context = {
        "groups": build_report_groups(request.user, report, question.query_for_other_reports),
        "opened": report,
        "pin": get_pin_state(request.user, report=report) if report else None,
        "panel": panel,
        "compared": get_compared([panel], None),
        "withheld": get_withheld_sentence([panel]),
        "question": question,
        "controls": build_controls(question, request.user),
        "problems": panel.answer.problems,
        "query": question.url_parameters.urlencode(),
        "differs_by_user": get_personal_reason(question.listing) if report and report.shared else "",
    }
    return render(request, "reports/builder.html", context, status=422 if panel.answer.problems else 200)


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def build_file(request):
    with bypass_cache():
        panel = build_panel(
            _("Report"), parse_question(request.GET, request.user, **DEFAULT_QUESTION), request.user
        )
    return (
        build(request)
        if get_distinct_problems([panel])
        else build_workbook_response(request, _("Report"), [panel])
    )


def get_opened_report(request) -> Report | None:
    """The saved report that the URL names, if the user may open it."""
    pk = request.GET.get("report", "")
    return (
        Report.objects.visible_to(request.user).filter(pk=int(pk)).first()
        if pk.isdecimal() and len(pk) < 10
        else None
    )
