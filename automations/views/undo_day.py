"""Undoing what an automation did on one day: GET shows the preview, POST undoes it, for many changes as a job."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from automations.day_undo.day_reversal import needs_job, start_day_job, undo_operations
from automations.day_undo.operations_of_day import (
    build_day_forecast,
    get_bounds_of_day,
    get_operations_between,
)
from automations.views.access import get_automation_or_404
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS


@permission_required("automations.view_automation", raise_exception=True)
def undo_day(request, pk):
    """`day` is a day of the reader's time zone. What they may undo is decided for each change, as anywhere."""
    automation, day = get_automation_or_404(pk, request.user), get_day_or_404(request)
    begin, end = get_bounds_of_day(day)
    operations = get_operations_between(automation, begin, end)
    if request.method == "POST" and operations:
        if needs_job(operations):
            return redirect("job", start_day_job(automation, day, begin, end, request.user).pk)
        if made := undo_operations(operations, automation, day, by=request.user):
            return redirect("operation", made.pk)
        messages.warning(request, _("None of these changes can be undone by you now."))
    forecast = build_day_forecast(operations, automation.table_of, request.user)
    context = {"automation": automation, "kind": KINDS[automation.table_of], "day": day, "forecast": forecast}
    status = 409 if request.method == "POST" else 200
    return render_response(request, "automations/undo_day.html", context, status=status)


def get_day_or_404(request) -> date:
    try:
        found = parse_date(request.GET.get("day", ""))
    except ValueError:
        found = None
    # Within what a moment in any time zone can be.
    if found is None or not 2000 <= found.year <= 2200:
        raise Http404
    return found
