"""Deleting a status or a source: where it is used, and its successor."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.platform import jobs
from crm.platform.models.retirable import why_not_retired
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.editing.settings_change import one_at_a_time, posted, say
from crm.records.history.multi_part_changes import why_not_at_once
from crm.records.kinds.reasons import sentence
from leads.settings.forms.successors import SuccessorForm
from leads.settings.retirement import Retirement, RetirementRefused, arrivals
from leads.settings.settings_kinds import KINDS, row_or_404
from leads.settings.usage import usage_of


@one_at_a_time
def settings_delete(request, table, pk):
    kind = KINDS[table]
    if not request.user.has_perm(kind.right("delete")):
        raise PermissionDenied
    row = row_or_404(kind, pk)
    usage = usage_of(table, row, request.user)
    form = SuccessorForm(posted(request), row=row, used=bool(usage))
    reason = why_not_retired(row)
    refusal = sentence(reason) if reason else why_not_at_once(usage.records)
    if not refusal and form.is_bound and form.is_valid():
        try:
            return deleted(request, Retirement(kind, pk, **form.chosen()), row, usage.records)
        except RetirementRefused as refused:
            refusal = str(refused)
    context = {"kind": kind, "row": row, "form": form, "usage": usage, "refusal": refusal}
    context["arrivals"] = arrivals(row, form.others) if usage else []
    status = 200 if request.method == "GET" else 409 if refusal else 422
    return render(request, "leads/settings/delete.html", context, status=status)


def deleted(request, retirement: Retirement, row, leads: int):
    """Immediately, or as a job for several thousand leads."""
    if leads > ROWS_AT_ONCE:
        return redirect(
            "job", jobs.start("retire_setting", request.user, retirement.arguments(), total=leads).pk
        )
    name = row.label
    record = retirement.carry_out(by=request.user)
    say(request, record, _("Deleted %(name)s. Undo restores it with its leads.") % {"name": name})
    return redirect(retirement.kind.url)
