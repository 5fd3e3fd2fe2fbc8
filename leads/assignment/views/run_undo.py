"""Undoing what the rules assigned in one operation: only the assignment, not what else the operation did."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.platform import jobs
from crm.platform.web.responses import render_response
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.kinds.reasons import get_reason_sentence
from leads.assignment.rule_conditions import get_leads_kind
from leads.assignment.run_log import build_run_lines, preview_run_undo, undo_run, visible_runs_queryset


@permission_required(("leads.view_assignmentrule", "leads.assign_lead"), raise_exception=True)
def run_undo(request, pk):
    """GET shows the preview; POST undoes it, for several thousand leads as a job."""
    run = get_object_or_404(visible_runs_queryset(request.user), pk=pk)
    (line,) = build_run_lines([run], request.user)
    if line.too_large:
        status = 409 if request.method == "POST" else 200
        return render_response(request, "leads/rules/undo.html", {"line": line}, status=status)
    if request.method != "POST" or not line.may_undo:
        outcome, kind = preview_run_undo(run, request.user), get_leads_kind()
        refusals = [(get_reason_sentence(code, kind), len(ids)) for code, ids in outcome.refused.items()]
        context = {"line": line, "outcome": outcome, "refusals": refusals, "kind": kind}
        status = 409 if request.method == "POST" else 200
        return render_response(request, "leads/rules/undo.html", context, status=status)
    if run.assigned > ROWS_AT_ONCE:
        job = jobs.start_job("undo_assignment", request.user, {"run": run.pk}, total=run.assigned)
        return redirect("job", job.pk)
    record = undo_run(run, request.user)
    messages.success(request, _("Assignment undone."))
    return redirect("operation", record.pk)
