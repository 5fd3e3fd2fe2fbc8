"""Retiring a pipeline: where its leads go, the preview, and doing it; also reactivating a retired one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform import jobs
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.editing.settings_change import one_at_a_time, show_change_message
from crm.records.history.multi_part_changes import get_too_large_sentence
from crm.records.kinds.reasons import get_reason_sentence
from leads.models import Pipeline
from leads.settings.forms.pipelines import PipelineForm
from leads.settings.pipeline_retirement import (
    activate_pipeline,
    carry_out_retirement,
    get_retirement_obstacle,
    pipeline_records_queryset,
    preview_retirement,
)
from leads.settings.retirement import RetirementRefused
from leads.settings.settings_tables import PIPELINES
from leads.settings.usage import get_setting_usage

retiring = permission_required(["leads.delete_pipeline", "leads.change_lead"], raise_exception=True)


@retiring
@one_at_a_time
def pipeline_retire(request, pk):
    """GET asks for the mapping and then shows the preview; POST does it."""
    pipeline = get_object_or_404(Pipeline, pk=pk)
    number_in = pipeline_records_queryset(pipeline).count()
    form = PipelineForm(request.POST or request.GET or None, user=request.user, leaving=pipeline)
    refusal = get_retirement_obstacle(pipeline) or get_too_large_sentence(number_in)
    if request.method == "POST" and not refusal and (not number_in or form.is_valid()):
        mapping = form.cleaned_data["mapping"] if number_in else ()
        if number_in > ROWS_AT_ONCE:
            arguments = {"pk": pk, "form": dict(request.POST.lists())}
            return redirect(
                "job", jobs.start_job("retire_pipeline", request.user, arguments, total=number_in).pk
            )
        return retire_and_redirect(request, pipeline, mapping)
    usage = get_setting_usage("pipeline", pipeline, request.user)
    context = {"kind": PIPELINES, "row": pipeline, "form": form, "usage": usage, "refusal": refusal}
    context |= build_retirement_preview(pipeline, form, request.user) if number_in and not refusal else {}
    status = 200 if request.method != "POST" else 409 if refusal else 422
    return render(request, "leads/settings/pipeline_retire.html", context, status=status)


def build_retirement_preview(pipeline: Pipeline, form: PipelineForm, user) -> dict:
    if not form.is_bound or not form.is_valid():
        return {"asks": True}
    outcome = preview_retirement(pipeline, form.cleaned_data["mapping"], user)
    refusals = [(get_reason_sentence(code, pipeline.kind), len(ids)) for code, ids in outcome.refused.items()]
    return {"asks": True, "outcome": outcome, "refusals": refusals}


def retire_and_redirect(request, pipeline: Pipeline, mapping):
    try:
        record, left = carry_out_retirement(pipeline.pk, mapping, by=request.user)
    except RetirementRefused as refused:
        messages.error(request, str(refused))
        return redirect("leads:pipelines")
    words = _("Retired the pipeline %(name)s.")
    if left:
        words = _("Can’t be moved: %(left)s. Until then, the pipeline %(name)s stays in use.")
    show_change_message(
        request, record, words % {"name": pipeline.label, "left": pipeline.kind.words.counted(left)}
    )
    return redirect("leads:pipelines")


@permission_required("leads.delete_pipeline", raise_exception=True)
@require_POST
@one_at_a_time
def pipeline_activate(request, pk):
    pipeline = get_object_or_404(Pipeline, pk=pk)
    record = activate_pipeline(pipeline, by=request.user)
    show_change_message(
        request, record, _("The pipeline %(name)s is in use again.") % {"name": pipeline.label}
    )
    return redirect("leads:pipelines")
