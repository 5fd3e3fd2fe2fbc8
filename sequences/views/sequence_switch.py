"""Turning a sequence on or off."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.records.editing.settings_change import one_at_a_time, show_change_message
from sequences.switching import turn_off, turn_on
from sequences.views.access import get_sequence_or_404


@permission_required("sequences.change_sequence", raise_exception=True)
@require_POST
@one_at_a_time
def switch(request, pk):
    sequence, on = get_sequence_or_404(pk, request.user), "on" in request.POST
    record = (turn_on if on else turn_off)(sequence, by=request.user)
    words = _("The sequence “%(name)s” is on.") if on else _("The sequence “%(name)s” is off.")
    show_change_message(request, record, words % {"name": sequence.name})
    return redirect("sequences:sequence", sequence.pk)
