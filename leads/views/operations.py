"""Operations: who did what to how many, what became of each row, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm import jobs
from crm.bulk import ROWS_AT_ONCE
from crm.models import Operation
from crm.screens import answer
from crm.undo import UndoRefused, is_undone, preview, undo, why_not
from leads.operations import found_leads, lines_of, readable_operations, receipt, visible_operations
from leads.settings.history import changed_settings

viewing = permission_required("leads.view_lead", raise_exception=True)
PAGE = 50


@viewing
@require_safe
def operations(request):
    mine = "mine" in request.GET
    rows = visible_operations(request.user).newest_first().select_related("by")
    rows = rows.by_user(request.user) if mine else rows
    before = request.GET.get("before", "")
    rows = rows.before(int(before)) if before.isdecimal() and len(before) < 19 else rows
    found = list(rows[: PAGE + 1])
    context = {
        "lines": lines_of(found[:PAGE], request.user),
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "mine": mine,
    }
    return answer(request, "operations/list.html", context)


@viewing
@require_safe
def operation(request, pk):
    record = one(request, pk)
    context = receipt(record, request.user) | found_leads(record, request.user, request.GET)
    undone = is_undone(record)
    context |= {"record": record, "undone": undone, "why_not": why_not(record, request.user, undone=undone)}
    context["settings"] = changed_settings(record, request.user)
    return answer(request, "operations/detail.html", context)


@viewing
def undo_operation(request, pk):
    """GET shows what would go back; POST takes it back, over some thousand rows as a job."""
    record = one(request, pk)
    reason = why_not(record, request.user)
    if request.method != "POST" or reason:
        context = receipt(record, request.user) | {"record": record, "why_not": reason}
        context["outcome"] = None if reason else preview(record)
        return render(
            request, "operations/undo.html", context, status=409 if request.method == "POST" else 200
        )
    if record.changed > ROWS_AT_ONCE:
        return redirect(
            "job", jobs.start("undo", request.user, {"operation": record.pk}, total=record.changed).pk
        )
    try:
        outcome = undo(record, by=request.user)
    except UndoRefused as refused:
        context = receipt(record, request.user) | {"record": record, "why_not": str(refused)}
        return render(request, "operations/undo.html", context, status=409)
    messages.success(request, _("Undone: %(back)s are back as before.") % {"back": outcome.back_count})
    return redirect("operation", outcome.operation.pk)


def one(request, pk: int) -> Operation:
    record = readable_operations(request.user).filter(pk=pk).select_related("by", "undoes__by").first()
    if record is None:
        raise Http404
    return record
