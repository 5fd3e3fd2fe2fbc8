"""Deals in API v2, and the pipelines and stages they refer to."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from accounts.models import User
from crm.api.openapi_parts import build_number_field, build_text_field
from crm.api.v2.documentation.batch_calls import build_batch_calls
from crm.api.v2.documentation.list_calls import build_list_urls
from crm.api.v2.documentation.record_calls import (
    build_file_call,
    build_kind_calls,
    document_custom_fields,
)
from crm.api.v2.record_page.emails import build_emails_call
from crm.api.v2.record_page.files import build_files_call
from crm.api.v2.record_page.history import build_history_call
from crm.api.v2.reference_tables import build_reference_call
from crm.api.v2.settings_changes.custom_field_calls import build_custom_field_urls
from customers.deals.kind import DEAL
from leads.api.v2_leads import COLOR, NAMED, PIPELINE_FIELDS, RETIRED, VERSION, build_pipeline_json
from leads.models import Pipeline, Status
from leads.settings.api.lists import STATUS_NAMES, build_pipeline_list, build_row_urls, build_status_list

Deals, OneDeal, DealsBulk, DealsChanges = build_kind_calls(DEAL, resource="deals")
DealsBatch, DealsBatchDelete = build_batch_calls(DEAL, resource="deals")
DealFile = build_file_call(DEAL, resource="deals")
DealHistory = build_history_call(DEAL, resource="deals")
DealFiles = build_files_call(DEAL, resource="deals")
DealEmails = build_emails_call(DEAL)
DealCustomFields = document_custom_fields(DEAL, resource="deals")


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
    *build_custom_field_urls(DEAL, DealCustomFields),
    *build_row_urls("deal-pipelines", PIPELINE_LIST),
    *build_row_urls("deal-stages", STAGES, may_delete=True),
    path("api/v2/deals", Deals.as_view(), name="own_deals"),
    path("api/v2/deals/bulk", DealsBulk.as_view(), name="own_deals_bulk"),
    path("api/v2/deals/batch", DealsBatch.as_view(), name="own_deals_batch"),
    path("api/v2/deals/batch/delete", DealsBatchDelete.as_view(), name="own_deals_batch_delete"),
    path("api/v2/deals/changes", DealsChanges.as_view(), name="own_deal_changes"),
    *build_list_urls(DEAL, resource="deals"),
    path("api/v2/deals/<str:pk>", OneDeal.as_view(), name="own_deal"),
    path("api/v2/deals/<str:pk>/files/<slug:field>", DealFile.as_view(), name="own_deal_file"),
    path("api/v2/deals/<str:pk>/history", DealHistory.as_view(), name="own_deal_history"),
    path("api/v2/deals/<str:pk>/files", DealFiles.as_view(), name="own_deal_files"),
    path("api/v2/deals/<str:pk>/emails", DealEmails.as_view(), name="own_deal_emails"),
]
