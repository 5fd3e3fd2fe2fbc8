"""API v2: the stuck leads that a user sees, by owner and status, as their page has them."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.v2_view import OWN_PREFIX, OwnView, format_moment
from leads.kind import LEAD
from leads.stuck.stuck_leads import StuckGroup, StuckLine, get_stuck_groups

LINE = build_response_serializer(
    "StuckLeads",
    owner=build_number_field(allow_null=True, help_text="Id of a user; null for unassigned leads."),
    owner_name=build_text_field(),
    status=build_number_field(),
    status_name=build_text_field(),
    leads=build_number_field(help_text="How many."),
    more=serializers.BooleanField(help_text="Whether there are more of this status than were counted."),
    since=serializers.DateTimeField(help_text="Since when the first of them has been in this status."),
    days=build_number_field(help_text="The same in days."),
    most_days=build_number_field(help_text="The time limit of the status, in days."),
    records=build_text_field(help_text="The address of these leads, the longest in their status first."),
)


def build_line_json(group: StuckGroup, line: StuckLine) -> dict[str, Any]:
    return {
        "owner": line.owner,
        "owner_name": group.name,
        "status": line.status.pk,
        "status_name": line.status.label,
        "leads": line.count,
        "more": line.more,
        "since": format_moment(line.since),
        "days": line.days,
        "most_days": line.status.most_days,
        "records": f"{OWN_PREFIX}{LEAD.urls}?{line.query}",
    }


@extend_schema_view(
    get=call(
        "List stuck leads",
        build_response_serializer("StuckLeadsByOwner", stuck_leads=LINE(many=True)),
        name="list_stuck_leads",
        words=(
            "Lists the leads that have been in an open status for longer than its time limit with no task or meeting planned, by owner and "
            "status: unassigned ones first, then the owners with the most. Follow records for the leads themselves."
        ),
    )
)
class StuckLeads(OwnView):
    resource = "leads"
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        groups = get_stuck_groups(self.user)
        return build_json_response(
            {"stuck_leads": [build_line_json(group, line) for group in groups for line in group.lines]}
        )


urlpatterns = [path("api/v2/stuck-leads", StuckLeads.as_view(), name="own_stuck_leads")]
