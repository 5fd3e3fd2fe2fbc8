"""The pipelines: their list and their order."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.screens import answer
from leads.models import Pipeline, Status
from leads.settings.change import one_at_a_time, recorded, say
from leads.settings.kinds import PIPELINES
from leads.settings.listing import ids_of
from leads.settings.lists import pipeline_list
from leads.settings.order import step
from leads.settings.tables import PipelineTable
from leads.settings.usage import count_by_pipeline


@permission_required("leads.view_pipeline", raise_exception=True)
@require_safe
def pipelines(request):
    numbers = count_by_pipeline(request.user)
    listing = pipeline_list(request.GET, numbers)
    rights = PIPELINES.rights(request.user)
    moves = "change" in rights and listing.in_full_order and len(listing.rows) > 1
    table = PipelineTable(
        list(listing.page),
        columns_shown=[*(["order"] if moves else []), "label", "statuses", "departments", "leads", "edit"],
        sort=listing.sort,
        numbers=numbers,
        rights=rights,
        statuses=Status.objects.by_pipeline(),
    )
    context = {"kind": PIPELINES, "listing": listing, "table": table, "rights": rights, "ticks": False}
    fragments = {"settings-list": "leads/settings/_list.html"}
    status = 400 if listing.errors else 200
    return answer(request, "leads/settings/pipelines.html", context, fragments=fragments, status=status)


@permission_required("leads.change_pipeline", raise_exception=True)
@require_POST
@one_at_a_time
def pipeline_order(request):
    """One step up or down."""
    direction = "up" if "up" in request.POST else "down"
    pipeline = Pipeline.objects.filter(pk__in=ids_of([request.POST.get(direction, "")])).first()
    if pipeline is None:
        raise Http404
    with recorded("edit_pipeline", by=request.user, act="order", rows=[pipeline.pk]) as record:
        step(pipeline, Pipeline.objects.in_order(), direction)
    say(request, record, _("The pipelines have a new order."))
    return redirect("leads:pipelines")
