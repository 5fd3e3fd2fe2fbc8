"""Dashboards: the user's own and those that are shared with them."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.models import Dashboard
from reports.permissions import VIEW_PERMISSION


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def dashboards(request):
    rows = Dashboard.objects.visible_to(request.user).with_names().with_part_counts().by_name()
    context = {
        "own": [row for row in rows if row.owner_id == request.user.pk],
        "shared": [row for row in rows if row.owner_id != request.user.pk],
    }
    return render(request, "reports/dashboards.html", context)
