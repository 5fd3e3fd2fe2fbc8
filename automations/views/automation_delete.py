"""Deleting an automation: what it did stays as it is, and the changes still name it."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from automations.models import Automation
from automations.views.access import get_changeable_automation_or_404
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import one_at_a_time, record_settings_change, show_change_message


@permission_required("automations.delete_automation", raise_exception=True)
@one_at_a_time
def automation_delete(request, pk):
    automation = get_changeable_automation_or_404(pk, request.user)
    if request.method != "POST":
        return render_response(request, "automations/delete.html", {"automation": automation})
    with record_settings_change("retire_automation", by=request.user, rows=[automation.pk]) as record:
        Automation.objects.filter(pk=automation.pk).retire()
    show_change_message(request, record, _("Deleted the automation “%(name)s”.") % {"name": automation.name})
    return redirect("automations:list")
