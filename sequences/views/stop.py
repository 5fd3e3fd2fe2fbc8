"""Stopping the sequence of one record, or of those that are selected on the page of a sequence."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.records.editing.bulk_actions import freeze_all
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.screens.views.bulk import check_allowed
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from sequences.actions import STOP
from sequences.overview.enrollment_lines import records_in_sequence_queryset
from sequences.verbs import StopSequence
from sequences.views.access import get_sequence_or_404


@kind_view("change")
@require_POST
def stop(request, kind: Kind, pk):
    record = get_changeable_record(kind, request.user, pk)
    rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
    outcome = carry_out(StopSequence(), rows, by=request.user)
    if outcome.changed:
        messages.success(request, _("Stopped the sequence."), extra_tags=f"undo-{outcome.operation.pk}")
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect(record)


@permission_required("sequences.view_sequence", raise_exception=True)
@require_POST
def stop_selected(request, pk):
    """Freeze the selected records, or all that are in it now, and go to the ordinary preview."""
    sequence = get_sequence_or_404(pk, request.user)
    kind = KINDS[sequence.table_of]
    check_allowed(kind, request.user, STOP)
    selected = None if request.POST.get("act") == "all" else request.POST.getlist("record")
    frozen = freeze_all(request.user, records_in_sequence_queryset(sequence, request.user, selected), "")
    if not frozen.count:
        frozen.delete()
        messages.warning(request, _("Select at least one row."))
        return redirect("sequences:sequence", pk)
    return redirect(f"{kind.get_url('preview', frozen.pk, STOP)}?sequence={sequence.pk}")
