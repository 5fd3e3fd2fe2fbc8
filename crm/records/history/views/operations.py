"""Operations: who did what to how many, the result for each row, and undoing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.models import Operation
from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.rendering.day_links import with_days_for_words
from crm.platform.web.responses import add_way_back, render_response
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.jobs import start_undo
from crm.records.history.operation_filters import OperationFilter
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import (
    UndoRefused,
    get_last_undo,
    get_undo_obstacle,
    get_undoing_operations,
    is_undone,
)
from crm.records.history.undo.undo_result import UndoResult
from crm.records.history.undo_forecast import build_undo_forecast
from crm.records.history.visible_operations import (
    build_change_sections,
    build_operation_lines,
    build_receipt,
    get_other_rows,
    readable_operations_queryset,
    visible_operations_queryset,
)
from crm.records.kinds.kind_registry import get_viewable_kinds
from crm.records.listing.way_back import get_way_back, get_way_back_or_previous
from crm.templatetags.look import number

PAGE = 50


@require_safe
@with_days_for_words("first", "last")
def operations(request):
    check_sees_records(request.user)
    mine = "mine" in request.GET
    rows = visible_operations_queryset(request.user).whole().select_related("by", "undoes")
    rows = rows.by_user(request.user) if mine else rows
    filters = OperationFilter(request.GET, rows, request=request)
    found, older = get_newest_page(filters.qs, request.GET, PAGE)
    context = {
        "lines": build_operation_lines(found, request.user),
        "next": older,
        "mine": mine,
        "filters": filters,
    }
    context["narrowed"] = any(request.GET.get(name) for name in filters.filters)
    status = 400 if filters.form.errors else 200
    fragments = {"changes": "operations/_list.html"}
    return render_response(request, "operations/list.html", context, fragments=fragments, status=status)


@require_safe
def operation(request, pk):
    record, back = get_readable_operation(request, pk), get_way_back(request)
    if record.part_of_id:
        return redirect(add_way_back(reverse("operation", args=[record.part_of_id]), back))
    undoing = get_undoing_operations([record])
    undone = record.pk in undoing.done
    context = build_receipt(record, request.user) | {
        "record": record,
        "undone": undone,
        "half_undone": get_last_undo(record) if undoing.partly else None,
        "why_not": get_undo_obstacle(record, request.user, undone=undone),
        "sections": build_change_sections(record, request.user, request.GET),
        "others": get_other_rows(record, request.user),
        "way_back": back,
        "back_query": add_way_back("", back),
    }
    return render_response(request, "operations/detail.html", context)


def undo_operation(request, pk):
    """GET shows the preview; POST undoes it, for several thousand rows as a job."""
    record = get_readable_operation(request, pk)
    latest, back = get_last_undo(record), get_way_back_or_previous(request)
    if request.method == "POST" and latest and is_undone(record):
        # The second of two clicks: what it asks for has happened.
        messages.info(request, _("This change has already been undone."))
        return redirect(add_way_back(reverse("operation", args=[latest.pk]), back))
    reason = get_undo_obstacle(record, request.user)
    if request.method != "POST" or reason:
        return render_undo_page(request, record, str(reason), back)
    try:
        if record.changed > ROWS_AT_ONCE or record.part_count:
            return redirect("job", start_undo(record, request.user, back=back).pk)
        outcome = revert_operation(record, by=request.user)
    except UndoRefused as refused:
        return render_undo_page(request, record, str(refused), back)
    show_undone_message(request, outcome)
    return redirect(add_way_back(reverse("operation", args=[outcome.operation.pk]), back))


def render_undo_page(request, record: Operation, why_not: str, back: str):
    """What an undo would do, or why there is none."""
    context = build_receipt(record, request.user) | {"record": record, "why_not": why_not}
    context["back_query"] = add_way_back("", back)
    if not why_not:
        context |= vars(build_undo_forecast(record, request.user))
    return render(request, "operations/undo.html", context, status=409 if request.method == "POST" else 200)


def show_undone_message(request, outcome: UndoResult) -> None:
    back = outcome.reverted_counts_text or outcome.back_count
    messages.success(request, _("Change undone. Records affected: %(back)s.") % {"back": back})
    if outcome.kept_count:
        words = _("Not undone: %(number)s. See the reasons below.")
        messages.info(request, words % {"number": number(outcome.kept_count)})


def get_readable_operation(request, pk: int) -> Operation:
    check_sees_records(request.user)
    record = (
        readable_operations_queryset(request.user).filter(pk=pk).select_related("by", "undoes__by").first()
    )
    if record is None:
        raise Http404
    return record


def check_sees_records(user) -> None:
    """Operations are for users who may view at least one kind of record."""
    if not get_viewable_kinds(user):
        raise PermissionDenied
