"""Cancelling all waits of an automation: the records that wait don't go on."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from automations.running.waiting_steps import cancel_waits as cancel_all
from automations.views.access import get_changeable_automation_or_404


@permission_required("automations.change_automation", raise_exception=True)
@require_POST
def cancel_waits(request, pk):
    automation = get_changeable_automation_or_404(pk, request.user)
    number = cancel_all(automation)
    words = ngettext("%(number)s wait was cancelled.", "%(number)s waits were cancelled.", number)
    messages.success(request, words % {"number": number})
    return redirect("automations:automation", automation.pk)
