"""Turning an automation on or off."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from automations.switching import turn_off, turn_on
from automations.views.access import get_changeable_automation_or_404
from crm.records.editing.settings_change import one_at_a_time, show_change_message


@permission_required("automations.change_automation", raise_exception=True)
@require_POST
@one_at_a_time
def switch(request, pk):
    automation = get_changeable_automation_or_404(pk, request.user)
    on = "on" in request.POST
    record = (turn_on if on else turn_off)(automation, by=request.user)
    words = _("The automation “%(name)s” is on.") if on else _("The automation “%(name)s” is off.")
    show_change_message(request, record, words % {"name": automation.name})
    return redirect("automations:automation", automation.pk)
