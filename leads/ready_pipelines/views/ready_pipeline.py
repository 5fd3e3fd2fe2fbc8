"""One ready-made pipeline: the preview of what it changes here, and using it."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.records.editing.settings_change import one_at_a_time, show_change_message
from leads.ready_pipelines.catalog import READY_PIPELINES
from leads.ready_pipelines.permissions import RIGHTS
from leads.ready_pipelines.pipeline_plan import build_pipeline_plan
from leads.ready_pipelines.pipeline_preview import build_preview, count_fates
from leads.ready_pipelines.pipeline_use import use_ready_pipeline


@permission_required(RIGHTS, raise_exception=True)
@one_at_a_time
def ready_pipeline(request, name):
    ready = READY_PIPELINES.get(name)
    if ready is None:
        raise Http404
    if request.method == "POST":
        record, _plan = use_ready_pipeline(ready, by=request.user)
        words = _("The pipeline is now that for “%(title)s”.") % {"title": ready.title}
        show_change_message(request, record, words)
        return redirect("leads:statuses")
    plan = build_pipeline_plan(ready, request.user)
    context = {"ready": ready, "plan": plan, "sections": build_preview(plan), "tally": count_fates(plan)}
    return render(request, "leads/settings/ready_pipeline.html", context)
