"""Remove the demo: how many records it added, what stays, and one button that starts the job."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.company.demo_removal import count_demo_records, find_removal_job
from crm.platform import jobs
from crm.platform.models.operation import REMOVE_DEMO
from crm.platform.web.start_page.setup_steps import RIGHT
from crm.records.editing.settings_change import one_at_a_time


@permission_required(RIGHT, raise_exception=True)
@one_at_a_time
def demo_removal(request):
    found, running = count_demo_records(request.user), find_removal_job()
    total = sum(number for _kind, number in found)
    if request.method == "POST" and total and not running:
        running = jobs.start_job(REMOVE_DEMO, request.user, {}, total=total)
        messages.info(request, _("The demo is being removed. Its records go to Trash."))
        return redirect("job", running.pk)
    lines = [(kind, kind.words.counted(number)) for kind, number in found]
    return render(request, "accounts/demo_removal.html", {"lines": lines, "total": total, "job": running})
