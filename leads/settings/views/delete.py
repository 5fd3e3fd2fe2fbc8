"""Deleting a status or a source: where it is used, and its successor."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.platform import jobs
from crm.platform.models.retirable import get_retirement_obstacle
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from crm.records.history.multi_part_changes import get_too_large_sentence
from crm.records.kinds.reasons import get_reason_sentence
from leads.settings.forms.successors import SuccessorForm
from leads.settings.retirement import RetirementRefused, RowRetirement, describe_arrivals
from leads.settings.settings_tables import SETTINGS_TABLES, get_row_or_404
from leads.settings.usage import get_setting_usage


@one_at_a_time
def settings_delete(request, table, pk):
    kind = SETTINGS_TABLES[table]
    if not request.user.has_perm(kind.get_right("delete")):
        raise PermissionDenied
    row = get_row_or_404(kind, pk)
    usage = get_setting_usage(table, row, request.user)
    form = SuccessorForm(get_posted_data(request), row=row, used=bool(usage))
    reason = get_retirement_obstacle(row)
    refusal = get_reason_sentence(reason) if reason else get_too_large_sentence(usage.records)
    if not refusal and form.is_bound and form.is_valid():
        try:
            return delete_now_or_later(
                request, RowRetirement(kind, pk, **form.get_retirement_data()), row, usage.records
            )
        except RetirementRefused as refused:
            refusal = str(refused)
    context = {"kind": kind, "row": row, "form": form, "usage": usage, "refusal": refusal}
    context["arrivals"] = describe_arrivals(row, form.others) if usage else []
    status = 200 if request.method == "GET" else 409 if refusal else 422
    return render(request, "leads/settings/delete.html", context, status=status)


def delete_now_or_later(request, retirement: RowRetirement, row, leads: int):
    """Immediately, or as a job for several thousand leads."""
    if leads > ROWS_AT_ONCE:
        return redirect(
            "job", jobs.start_job("retire_setting", request.user, retirement.get_arguments(), total=leads).pk
        )
    name = row.label
    record = retirement.carry_out(by=request.user)
    show_change_message(
        request, record, _("Deleted %(name)s. Undo restores it with its records.") % {"name": name}
    )
    return redirect(retirement.kind.url)
