"""Leads in API v2, and the small tables they refer to: statuses, pipelines, sources, lost reasons."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from crm.api.openapi_parts import build_number_field, build_text_field
from crm.api.v2.reference_tables import build_name_json, build_reference_call
from leads.models import LostReason, Pipeline, Source, Status

RETIRED = serializers.BooleanField(help_text="true if leads can't get it any more.")
VERSION = build_number_field(help_text="For If-Match.")
COLOR = build_number_field(help_text="The hue of its color, in degrees.")
NAMED = {"id": build_number_field(), "name": build_text_field()}
PIPELINE_FIELDS = {
    **NAMED,
    "departments": serializers.ListField(
        child=build_number_field(), help_text="Ids of the departments whose new records start in it."
    ),
    "retired": RETIRED,
    "version": VERSION,
}


def pipelines(user: User) -> list[dict[str, Any]]:
    return [build_pipeline_json(row) for row in Pipeline.objects.of_leads().in_order()]


def build_pipeline_json(row: Pipeline) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.label,
        "departments": row.departments,
        "retired": row.retired,
        "version": row.version,
    }


Pipelines = build_reference_call(
    pipelines,
    PIPELINE_FIELDS,
    resource="lead_statuses",
    summary="List pipelines",
    words="Lists the pipelines in their order. Each status belongs to one pipeline.",
)


def statuses(user: User) -> list[dict[str, Any]]:
    return [build_status_json(row) for row in Status.objects.of_leads().in_order()]


def build_status_json(row: Status) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.label,
        "category": row.kind,
        "pipeline": row.pipeline_id,
        "color": row.hue,
        "definition": row.meaning_said,
        "for_new_leads": row.is_default,
        "required_fields": row.required_fields,
        "next_statuses": row.next_statuses,
        "most_days": row.most_days,
        "next_action": row.prompt,
        "requires_lost_reason": row.needs_reason,
        "retired": row.retired or row.pipeline.retired,
        "version": row.version,
    }


Statuses = build_reference_call(
    statuses,
    {
        **NAMED,
        "category": serializers.ChoiceField(
            Status.Kind.choices, help_text="How Leadwell treats leads in this status."
        ),
        "pipeline": build_number_field(),
        "color": COLOR,
        "definition": build_text_field(help_text="When a lead belongs in this status."),
        "for_new_leads": serializers.BooleanField(help_text="true for the status that new leads start in."),
        "required_fields": serializers.ListField(
            child=build_text_field(), help_text="Fields that a lead must have before it can get this status."
        ),
        "next_statuses": serializers.ListField(
            child=build_number_field(),
            help_text="Where a lead can move from here. Empty if anywhere in the pipeline.",
        ),
        "most_days": build_number_field(
            allow_null=True, help_text="After how many days a lead counts as stuck; null for no limit."
        ),
        "next_action": build_text_field(help_text="Suggested when a lead enters this status."),
        "requires_lost_reason": serializers.BooleanField(),
        "retired": RETIRED,
        "version": VERSION,
    },
    resource="lead_statuses",
    summary="List statuses",
    words="Lists the statuses of leads in their order. Their ids are the values of status.",
)


def sources(user: User) -> list[dict[str, Any]]:
    return [build_source_json(row) for row in Source.objects.by_name()]


def build_source_json(row: Source) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.label,
        "category": row.kind,
        "color": row.hue,
        "contact_within": row.contact_within,
        "retired": row.retired,
        "version": row.version,
    }


Sources = build_reference_call(
    sources,
    {
        **NAMED,
        "category": serializers.ChoiceField(Source.Kind.choices),
        "color": COLOR,
        "contact_within": build_number_field(
            allow_null=True,
            help_text="Minutes of working time in which a new lead must be contacted; null for the limit of its department.",
        ),
        "retired": RETIRED,
        "version": VERSION,
    },
    resource="lead_sources",
    summary="List sources",
    words="Lists the sources of leads by name. Their ids are the values of source.",
)


def lost_reasons(user: User) -> list[dict[str, Any]]:
    return [build_name_json(row) for row in LostReason.objects.in_order()]


LostReasons = build_reference_call(
    lost_reasons,
    {**NAMED, "retired": RETIRED, "version": VERSION},
    resource="lead_statuses",
    summary="List lost reasons",
    words="Lists the reasons for which leads are lost. Their ids are the values of lost_reason.",
)
