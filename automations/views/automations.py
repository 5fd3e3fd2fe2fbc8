"""The automations in order, each as a sentence, and how often they acted in the last days."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from automations.automation_list import build_lines, get_automations_in_order, get_shown_automations
from automations.examples import get_examples
from automations.models import Automation
from crm.platform.web.responses import render_response
from crm.records.editing.row_order import find_moved_row, move_row_among_shown
from crm.records.editing.settings_change import one_at_a_time, record_settings_change, show_change_message
from crm.records.kinds.kind_registry import get_viewable_kinds


@permission_required("automations.view_automation", raise_exception=True)
@require_safe
def automations(request):
    lines = build_lines(request.user)
    context = {
        "lines": lines,
        "examples": [] if lines else get_examples(request.user),
        "kinds": get_viewable_kinds(request.user),
        "may_order": len(lines) > 1 and request.user.has_perm("automations.change_automation"),
    }
    return render_response(request, "automations/list.html", context)


@permission_required("automations.change_automation", raise_exception=True)
@require_POST
@one_at_a_time
def order(request):
    """Move one step up or down, or behind another automation."""
    shown = get_shown_automations(request.user)
    direction = next((name for name in ("up", "down") if name in request.POST), "row")
    moved = find_moved_row(request.POST, direction, shown)
    if moved is None:
        messages.warning(request, _("The automations have changed in the meantime. Try again."))
        return redirect("automations:list")
    row, after = moved
    with record_settings_change(
        f"edit_{Automation.table}", by=request.user, act="order", rows=[row.pk]
    ) as record:
        move_row_among_shown(row, direction, after, shown, get_automations_in_order())
    show_change_message(request, record, _("Automations reordered."))
    return redirect("automations:list")
