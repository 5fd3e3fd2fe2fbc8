"""The run log of the assignment rules."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.responses import render_response
from leads.assignment.rule_conditions import get_leads_kind
from leads.assignment.run_log import build_run_lines, visible_runs_queryset

PAGE = 50


@permission_required("leads.view_assignmentrule", raise_exception=True)
@require_safe
def log(request):
    runs, older = get_newest_page(visible_runs_queryset(request.user), request.GET, PAGE)
    context = {"lines": build_run_lines(runs, request.user), "next": older, "kind": get_leads_kind()}
    return render_response(request, "leads/rules/log.html", context)
