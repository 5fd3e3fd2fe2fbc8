"""Scan now: a job that compares all records."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform import jobs
from crm.records.editing.settings_change import wait_for_others
from duplicates.permissions import VIEW_PERMISSION
from duplicates.scanning.scan import KIND, is_running


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def scan(request):
    wait_for_others()
    if is_running():
        messages.info(request, _("A scan is already running."))
    else:
        jobs.start_job(KIND, request.user, {})
        messages.success(request, _("The scan has started. You can keep working."))
    return redirect("duplicates:list")
