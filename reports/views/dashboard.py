"""A dashboard: its cards, which load after the page, each by itself."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from reports.dashboards.addable_reports import get_addable_reports, get_suggested_reports
from reports.dashboards.arrangement import MOST, get_viewable_parts
from reports.dashboards.dashboard_cards import DashboardCard, draw_contents
from reports.display.report_cards import may_view_card
from reports.models import Dashboard, DashboardPart
from reports.permissions import VIEW_PERMISSION

# The URL parameter of the page with all of its numbers: for browsers without JavaScript.
COMPLETE = "complete"


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def dashboard(request, pk):
    found = get_object_or_404(Dashboard.objects.visible_to(request.user).with_names(), pk=pk)
    parts, is_own = get_viewable_parts(found, request.user), found.owner_id == request.user.pk
    addable = get_addable_reports(request.user, parts) if is_own and len(parts) < MOST else {}
    is_complete = COMPLETE in request.GET
    context = {
        "dashboard": found,
        "is_own": is_own,
        "cards": [
            DashboardCard(part, draw_contents(part, request.user) if is_complete else None) for part in parts
        ],
        "addable": list(addable.values()),
        "suggested": get_suggested_reports(addable),
        "most": MOST,
    }
    return render(request, "reports/dashboard.html", context)


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def dashboard_part(request, pk, part):
    """The contents of one card."""
    parts = DashboardPart.objects.visible_to(request.user).with_reports()
    found = get_object_or_404(parts, dashboard=pk, pk=part)
    if not may_view_card(found, request.user):
        raise Http404
    context = {"part": found, "contents": draw_contents(found, request.user)}
    return render(request, "reports/_dashboard_contents.html", context)
