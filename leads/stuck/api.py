"""API v2: the stuck leads that a user sees, by owner and status, and reminding their owners, as on their page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer, build_text_field
from crm.api.problems import build_invalid_problem
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.v2_view import OWN_PREFIX, Fields, OwnView, format_moment
from crm.fields.conditions.field_filters import NONE
from leads.kind import LEAD
from leads.stuck.stuck_leads import StuckGroup, StuckLine, get_stuck_groups, leads_of_lines_queryset
from leads.stuck.stuck_reminders import remind_owners

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


class ReminderLine(serializers.Serializer):
    owner = serializers.IntegerField(
        **NUMBER, allow_null=True, help_text="Id of a user; null for unassigned leads."
    )
    status = serializers.IntegerField(**NUMBER)


class ReminderFields(Fields):
    lines = ReminderLine(
        many=True, allow_empty=False, help_text="The owner and the status of lines of the list."
    )


@extend_schema_view(
    post=call(
        "Remind the owners of stuck leads",
        build_response_serializer(
            "StuckLeadsReminder", reminded=build_number_field(help_text="How many users got a notification.")
        ),
        name="remind_owners",
        sends=ReminderFields,
        parameters=[IDEMPOTENT],
        example={"lines": [{"owner": 3, "status": 2}]},
        words=(
            "Sends one notification to each owner of the stuck leads of these lines, except to the token's user, who needs the permission to "
            "assign leads. No one is reminded of unassigned leads."
        ),
    )
)
class StuckLeadsReminder(OwnView):
    resource = "leads"
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = ReminderFields.read(self.sent_fields)
        values = [f"{line['owner'] or NONE}-{line['status']}" for line in sent["lines"]]
        rows = leads_of_lines_queryset(self.user, values)
        if not rows.exists():
            raise build_invalid_problem(lines="None of these leads is stuck.")
        return build_json_response({"reminded": remind_owners(rows, by=self.user)})


urlpatterns = [
    path("stuck-leads", StuckLeads.as_view(), name="own_stuck_leads"),
    path("stuck-leads/remind", StuckLeadsReminder.as_view(), name="own_stuck_leads_reminder"),
]
