"""Deals in API v2, and the pipelines and stages they refer to."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from crm.api.openapi_parts import build_number_field, build_text_field
from crm.api.v2.documentation.record_urls import build_record_urls
from crm.api.v2.reference_tables import build_reference_call
from customers.deals.kind import DEAL
from leads.api.v2_leads import COLOR, NAMED, PIPELINE_FIELDS, RETIRED, VERSION, build_pipeline_json
from leads.models import Pipeline, Status
from leads.settings.api.lists import STATUS_NAMES, build_pipeline_list, build_row_urls, build_status_list


def deal_pipelines(user: User) -> list[dict[str, Any]]:
    return [build_pipeline_json(row) for row in Pipeline.objects.of_deals().in_order()]


DealPipelines = build_reference_call(
    deal_pipelines,
    PIPELINE_FIELDS,
    resource="deals",
    summary="List deal pipelines",
    words="Lists the pipelines of deals in their order. Each stage belongs to one pipeline.",
)


def deal_stages(user: User) -> list[dict[str, Any]]:
    return [build_stage_json(row) for row in Status.objects.of_deals().in_order()]


def build_stage_json(row: Status) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.label,
        "category": row.kind,
        "pipeline": row.pipeline_id,
        "color": row.hue,
        "definition": row.meaning_said,
        "probability": row.probability,
        "for_new_deals": row.is_default,
        "required_fields": row.required_fields,
        "next_stages": row.next_statuses,
        "requires_lost_reason": row.needs_reason,
        "retired": row.retired or row.pipeline.retired,
        "version": row.version,
    }


DealStages = build_reference_call(
    deal_stages,
    {
        **NAMED,
        "category": serializers.ChoiceField(
            Status.Kind.choices, help_text="How Leadwell treats deals in this stage."
        ),
        "pipeline": build_number_field(),
        "color": COLOR,
        "definition": build_text_field(help_text="When a deal belongs in this stage."),
        "probability": build_number_field(
            allow_null=True, help_text="How likely deals in this stage are won, in percent."
        ),
        "for_new_deals": serializers.BooleanField(help_text="true for the stage that new deals start in."),
        "required_fields": serializers.ListField(
            child=build_text_field(), help_text="Fields that a deal must have before it can get this stage."
        ),
        "next_stages": serializers.ListField(
            child=build_number_field(),
            help_text="Where a deal can move from here. Empty if anywhere in the pipeline.",
        ),
        "requires_lost_reason": serializers.BooleanField(),
        "retired": RETIRED,
        "version": VERSION,
    },
    resource="deals",
    summary="List stages",
    words="Lists the stages of deals in their order. Their ids are the values of status.",
)

PIPELINE_LIST = build_pipeline_list(
    Pipeline.Purpose.DEALS, one="deal pipeline", many="deal pipelines", reading=DealPipelines
)
STAGES = build_status_list(
    Pipeline.Purpose.DEALS,
    one="stage",
    many="stages",
    reading=DealStages,
    build_json=build_stage_json,
    names={
        **STATUS_NAMES,
        "probability": "probability",
        "next_stages": "next_statuses",
        "for_new_deals": "is_default",
    },
)

urlpatterns = [
    *build_record_urls(DEAL),
    *build_row_urls("deal-pipelines", PIPELINE_LIST),
    *build_row_urls("deal-stages", STAGES, may_delete=True),
]
