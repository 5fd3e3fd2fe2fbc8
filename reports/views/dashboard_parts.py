"""The parts of a user's own dashboard: adding, moving, widening and removing one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from reports.dashboards.addable_reports import get_addable_reports
from reports.dashboards.arrangement import (
    EARLIER,
    LATER,
    MOST,
    ArrangementChanged,
    TooManyParts,
    add_parts,
    find_part_above,
    get_viewable_parts,
    move_part,
    remove_part,
    set_width,
)
from reports.models import Dashboard, DashboardPart
from reports.permissions import VIEW_PERMISSION
from reports.views.dashboard_settings import get_own_dashboard


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def dashboard_add(request, pk):
    """The reports that the form names, with one click."""
    dashboard = get_own_dashboard(request, pk)
    addable = get_addable_reports(request.user, get_viewable_parts(dashboard, request.user))
    chosen = [addable[name].part for name in request.POST.getlist("report") if name in addable]
    add_and_say(request, dashboard, chosen)
    return redirect("reports:dashboard", pk)


def add_and_say(request, dashboard: Dashboard, reports) -> bool:
    """False if there are too many parts."""
    try:
        added = len(add_parts(dashboard, reports))
    except TooManyParts:
        words = _("A dashboard has at most %(number)s reports. Remove another one first.")
        messages.error(request, words % {"number": MOST})
        return False
    if not added:
        messages.info(request, _("The dashboard has this report already."))
        return True
    words = ngettext("Added a report to “%(name)s”.", "Added %(number)s reports to “%(name)s”.", added)
    messages.success(request, words % {"number": added, "name": dashboard.name})
    return True


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def dashboard_order(request, pk):
    """Move the part `row` behind the part `after`, or to the beginning; or `earlier` or `later` by one place."""
    dashboard = get_own_dashboard(request, pk)
    try:
        moved, after = get_new_place(request, dashboard)
        move_part(dashboard, parse_number(request.POST.get("version", "")), moved, after)
    except ArrangementChanged:
        messages.warning(request, _("The dashboard has changed in the meantime. Here it is as it is now."))
        return redirect("reports:dashboard", pk)
    if request.htmx:
        return render_response(request, "reports/_dashboard_version.html", {"dashboard": dashboard})
    return redirect("reports:dashboard", pk)


def get_new_place(request, dashboard: Dashboard) -> tuple[int | None, int | None]:
    """The part to move, and the one behind which it comes. Raises ArrangementChanged."""
    data = request.POST
    for name, step in (("earlier", EARLIER), ("later", LATER)):
        if name in data:
            shown = [part.pk for part in get_viewable_parts(dashboard, request.user)]
            moved = parse_number(data[name])
            if moved not in shown:
                raise ArrangementChanged
            return moved, find_part_above(shown, moved, step)
    after = data.get("after", "")
    # What can't be read is no part of the dashboard.
    return parse_number(data.get("row", "")), (parse_number(after) or 0) if after else None


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def dashboard_width(request, pk, part):
    set_width(get_own_part(request, pk, part), wide="wide" in request.POST)
    return redirect("reports:dashboard", pk)


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def dashboard_remove(request, pk, part):
    remove_part(get_own_part(request, pk, part))
    messages.success(request, _("Removed the report from the dashboard."))
    return redirect("reports:dashboard", pk)


def get_own_part(request, pk, part) -> DashboardPart:
    dashboard = get_own_dashboard(request, pk)
    found = get_object_or_404(DashboardPart.objects.changeable_by(request.user), dashboard=pk, pk=part)
    found.dashboard = dashboard
    return found
