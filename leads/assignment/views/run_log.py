"""The run log of the assignment rules."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import newest
from crm.platform.web.responses import answer
from leads.assignment.rule_conditions import leads_kind
from leads.assignment.run_log import lines_of, visible_runs

PAGE = 50


@permission_required("leads.view_assignmentrule", raise_exception=True)
@require_safe
def log(request):
    runs, older = newest(visible_runs(request.user), request.GET, PAGE)
    context = {"lines": lines_of(runs, request.user), "next": older, "kind": leads_kind()}
    return answer(request, "leads/rules/log.html", context)
