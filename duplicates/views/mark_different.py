"""Not a duplicate: the records of a group are marked as different, and never shown together again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.records.editing.settings_change import show_change_message
from duplicates.comparison import MOST
from duplicates.duplicate_groups import parse_nodes
from duplicates.permissions import VIEW_PERMISSION
from duplicates.verbs import mark_as_different
from duplicates.visible_records import get_visible_nodes


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def mark_different(request):
    nodes = parse_nodes(request.POST.getlist("record"))
    if not 2 <= len(nodes) <= MOST:
        messages.error(request, _("Select at least two records."))
    elif get_visible_nodes(nodes, request.user, changeable=True) != set(nodes):
        # A record that the user doesn't see is answered like one that doesn't exist.
        messages.error(request, _("You can’t change all of these records, or some of them no longer exist."))
    else:
        record = mark_as_different(nodes, by=request.user)
        show_change_message(
            request, record, _("Marked as not duplicates. They won’t be shown together again.")
        )
    return redirect("duplicates:list")
