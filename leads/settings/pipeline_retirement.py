"""Retiring a pipeline: its records move to another one, status by status, then it is retired, all in one operation.

The records must meet the contracts of the statuses that they enter; if any can't, they stay, and so does the pipeline.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from crm.models import Job, Operation
from crm.platform.jobs import JobProblem, register_job_kind
from crm.records.editing.settings_change import record_settings_change, wait_for_others
from crm.records.history.jobs import build_query_dict
from crm.records.history.verb_execution import Outcome, carry_out, judge
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.saved_view_replacement import replace_in_saved_views
from leads.models import Pipeline
from leads.settings.forms.pipelines import Mapping, PipelineForm
from leads.settings.retirement import RetirementRefused
from leads.settings.usage import build_usage_condition
from leads.verbs import ChangePipeline
from leads.verbs.settings_change import join_row_labels


def pipeline_records_queryset(pipeline: Pipeline) -> Any:
    """All of them, including those in Trash."""
    return pipeline.kind.model._default_manager.filter(build_usage_condition("pipeline", pipeline.pk))


def get_retirement_obstacle(pipeline: Pipeline) -> str:
    """Why it can't be retired, or ''."""
    if not Pipeline.objects.active().for_same_records_as(pipeline).exclude(pk=pipeline.pk).exists():
        return get_reason_sentence("last_pipeline")
    return ""


def preview_retirement(pipeline: Pipeline, mapping: Mapping, user) -> Outcome:
    """What would happen to its records."""
    verb = ChangePipeline(mapping, pipeline.kind.model)
    return judge(verb, pipeline_records_queryset(pipeline).changeable_by(user), by=user)


def carry_out_retirement(
    pk: int,
    mapping: Mapping,
    *,
    by,
    channel: str = Operation.Channel.WEB,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Operation, int]:
    """Returns the operation, and how many records stayed. Raises RetirementRefused if the pipeline has to stay in use."""
    wait_for_others()
    # All of them: an undo may be retiring the only other one.
    pipeline = Pipeline.objects.select_for_update().order_by("pk").in_bulk()[pk]
    if reason := get_retirement_obstacle(pipeline):
        raise RetirementRefused(reason)
    into = mapping[0][1].pipeline_id if mapping else None
    values = {"rows": [pk], "successor": into}
    with record_settings_change("retire_pipeline", by=by, channel=channel, **values) as record:
        if mapping:
            rows, verb = (
                pipeline_records_queryset(pipeline).changeable_by(by),
                ChangePipeline(mapping, pipeline.kind.model),
            )
            carry_out(verb, rows, by=by, joined=record, progress=progress)
        left = pipeline_records_queryset(pipeline).count()
        if not left:
            Pipeline.objects.filter(pk=pk).update(retired=True, departments=[])
            record.parameters["views"] = _rewrite_saved_views(pk, into, mapping)
    return record, left


def _rewrite_saved_views(pk: int, into: int | None, mapping: Mapping) -> list[list]:
    """Saved views that use the pipeline or one of its statuses get the replacement."""
    if into is None:
        return []
    views = replace_in_saved_views("pipeline", pk, into)
    for old, new in mapping:
        views += replace_in_saved_views("status", old.pk, new.pk)
    return views


def activate_pipeline(pipeline: Pipeline, *, by, channel: str = Operation.Channel.WEB) -> Operation:
    """Use a retired one again."""
    values = {"act": "activate", "rows": [pipeline.pk]}
    with record_settings_change("edit_pipeline", by=by, channel=channel, **values) as record:
        Pipeline.objects.filter(pk=pipeline.pk).update(retired=False)
    return record


def _describe_job(arguments: dict) -> str:
    return _("Retiring the pipeline %(name)s") % {
        "name": join_row_labels("pipeline", [arguments.get("pk", 0)])
    }


@register_job_kind("retire_pipeline", _describe_job)
def retire_pipeline(job: Job, progress) -> Operation | None:
    if not job.user.has_perm("leads.delete_pipeline"):
        raise JobProblem(_("You no longer have permission to do this. Nothing was changed."))
    pipeline = Pipeline.objects.get(pk=job.arguments["pk"])
    form = PipelineForm(build_query_dict(job.arguments["form"]), user=job.user, leaving=pipeline)
    if not form.is_valid():
        raise JobProblem(_("The statuses have changed in the meantime. Nothing was changed."))
    try:
        record, _left = carry_out_retirement(
            pipeline.pk,
            form.cleaned_data["mapping"],
            by=job.user,
            channel=job.arguments.get("channel", Operation.Channel.WEB),
            progress=progress,
        )
    except RetirementRefused as refused:
        raise JobProblem(str(refused)) from refused
    return record if record.pk else None
