"""The sequences: the steps of each in one line, who is in it now, and how many replied in the last days."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.row_order import find_moved_row, move_row_among_shown
from crm.records.editing.settings_change import one_at_a_time, record_settings_change, show_change_message
from sequences.overview.sequence_list import DAYS, build_lines, get_sequences_in_order, get_shown_sequences
from sequences.setup.examples import get_examples


@permission_required("sequences.view_sequence", raise_exception=True)
@require_safe
def sequences(request):
    lines = build_lines(request.user)
    context = {
        "lines": lines,
        "examples": [] if lines else get_examples(request.user),
        "days": DAYS,
        "may_order": len(lines) > 1 and request.user.has_perm("sequences.change_sequence"),
    }
    return render_response(request, "sequences/list.html", context)


@permission_required("sequences.change_sequence", raise_exception=True)
@require_POST
@one_at_a_time
def order(request):
    """Move one step up or down, or behind another sequence."""
    shown = get_shown_sequences(request.user)
    direction = next((name for name in ("up", "down") if name in request.POST), "row")
    moved = find_moved_row(request.POST, direction, shown)
    if moved is None:
        messages.warning(request, _("The sequences have changed in the meantime. Try again."))
        return redirect("sequences:list")
    row, after = moved
    with record_settings_change("edit_sequence", by=request.user, act="order", rows=[row.pk]) as record:
        move_row_among_shown(row, direction, after, shown, get_sequences_in_order())
    show_change_message(request, record, _("Sequences reordered."))
    return redirect("sequences:list")
