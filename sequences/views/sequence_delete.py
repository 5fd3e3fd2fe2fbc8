"""Deleting a sequence: what it sent stays, and the changes still name it."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import one_at_a_time, show_change_message
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.record_uses import get_uses
from sequences.overview.enrollment_counts import count_running
from sequences.switching import retire_sequence
from sequences.views.access import get_sequence_or_404


@permission_required("sequences.delete_sequence", raise_exception=True)
@one_at_a_time
def sequence_delete(request, pk):
    sequence = get_sequence_or_404(pk, request.user)
    if request.method != "POST":
        context = {
            "sequence": sequence,
            "kind": KINDS[sequence.table_of],
            "running": count_running(sequence, request.user),
            "uses": get_uses(sequence, request.user),
        }
        return render_response(request, "sequences/delete.html", context)
    record = retire_sequence(sequence, by=request.user)
    show_change_message(request, record, _("Deleted the sequence “%(name)s”.") % {"name": sequence.name})
    return redirect("sequences:list")
