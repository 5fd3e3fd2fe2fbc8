"""Jobs: background work, its progress and result, and Cancel."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.models import Job
from crm.platform import jobs
from crm.platform.database.read_routing import on_primary
from crm.platform.web.responses import add_way_back, render_response


@on_primary
@require_safe
def job_list(request):
    rows = Job.objects.visible_to(request.user).newest_first().select_related("user", "operation")[:100]
    context = {
        "running": [row for row in rows if row.unfinished],
        "ended": [row for row in rows if not row.unfinished],
    }
    return render_response(request, "jobs/list.html", context, fragments={"jobs": "jobs/_jobs.html"})


@on_primary
@require_safe
def job(request, pk):
    row = get_own_job(request, pk)
    # The list that the user started it from; the page of someone else's job leads to no list.
    way_back = row.arguments.get("back", "") if row.user_id == request.user.pk else ""
    context = {"job": row, "way_back": way_back, "back_query": add_way_back("", way_back)}
    return render_response(request, "jobs/detail.html", context, fragments={"job": "jobs/_progress.html"})


@require_POST
def cancel(request, pk):
    row = get_own_job(request, pk)
    if not jobs.cancel_job(row):
        messages.warning(request, _("This job has ended, so it can’t be canceled."))
    elif row.operation:
        messages.success(request, _("Canceling the job. The finished parts stay as they are."))
    elif row.kind == "export":
        messages.success(request, _("Canceling the export. No file will be created."))
    else:
        messages.success(request, _("Canceling the job. Its changes will be undone."))
    return redirect("job", row.pk)


@require_POST
def continue_job(request, pk):
    row = get_own_job(request, pk)
    try:
        row = jobs.start_rest(row, request.user)
    except jobs.ContinuationRefused as refused:
        messages.warning(request, str(refused))
    return redirect("job", row.pk)


def get_own_job(request, pk: int) -> Job:
    row = Job.objects.visible_to(request.user).select_related("user", "operation").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
