"""API v2: the dashboards that a user may open, and the numbers of each of their reports."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.problems import ApiProblem
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.v2_view import OwnView, get_row_or_404
from reports.api.report_calls import SAVED, CountedCall, build_report_json, refuse_problems
from reports.api.report_json import REPORT
from reports.dashboards.arrangement import get_viewable_parts
from reports.display.panels import build_panel
from reports.display.report_cards import build_card_question, get_card_title, may_view_card
from reports.models import Dashboard, DashboardPart

DASHBOARD: dict[str, serializers.Field] = {
    "id": build_number_field(),
    "name": build_text_field(),
    "owner": build_number_field(help_text="Id of the user whose dashboard it is."),
    "owner_name": build_text_field(),
    "department": build_number_field(
        allow_null=True, help_text="Id of the department that it is shared with; null for none."
    ),
    "role": build_number_field(
        allow_null=True, help_text="Id of the role that it is shared with; null for none."
    ),
}
PART = build_response_serializer(
    "DashboardPart",
    id=build_number_field(),
    title=build_text_field(),
    report=build_text_field(
        help_text="For GET /api/v2/reports/{name}: a name, or saved-12 for a saved report."
    ),
    query=build_text_field(
        help_text="What it asks of a report that Leadwell comes with, such as period=last90."
    ),
    wide=serializers.BooleanField(),
)


def build_dashboard_json(row: Dashboard) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "owner": row.owner_id,
        "owner_name": row.owner.name,
        "department": row.department_id,
        "role": row.role_id,
    }


def get_report_name(part: DashboardPart) -> str:
    return f"{SAVED}{part.report_id}" if part.report_id else part.shipped


def build_part_json(part: DashboardPart) -> dict[str, Any]:
    return {
        "id": part.pk,
        "title": get_card_title(part),
        "report": get_report_name(part),
        "query": part.query,
        "wide": part.wide,
    }


@extend_schema_view(
    get=call(
        "List dashboards",
        build_response_serializer(
            "Dashboards", dashboards=build_response_serializer("DashboardListed", **DASHBOARD)(many=True)
        ),
        name="list_dashboards",
        words="Lists the dashboards of the token's user and those that others share with them, by name.",
    )
)
class Dashboards(OwnView):
    resource = "reports"
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        rows = Dashboard.objects.visible_to(self.user).with_names().by_name()
        return build_json_response({"dashboards": [build_dashboard_json(row) for row in rows]})


@extend_schema_view(
    get=call(
        "Get a dashboard",
        build_response_serializer(
            "Dashboard", **DASHBOARD, parts=PART(many=True, help_text="In their order.")
        ),
        name="get_dashboard",
        errors=[404],
        words="Returns a dashboard with its reports, as far as the user of the token may see these. Another call has the numbers of each.",
    )
)
class OneDashboard(OwnView):
    resource = "reports"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = get_row_or_404(Dashboard.objects.visible_to(self.user).with_names(), pk)
        parts = [build_part_json(part) for part in get_viewable_parts(row, self.user)]
        return build_json_response(build_dashboard_json(row) | {"parts": parts})


@extend_schema_view(
    get=call(
        "Get the numbers of a dashboard part",
        REPORT,
        name="get_dashboard_part",
        errors=[404],
        words=(
            "Returns the numbers of one report of a dashboard, for the leads that the user of the token sees: the first table of the report, "
            "with all of its rows. If counting takes too long, the answer is 503: ask again after Retry-After seconds."
        ),
    )
)
class OneDashboardPart(CountedCall, OwnView):
    resource = "reports"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str, part: str) -> HttpResponse:
        dashboard = get_row_or_404(Dashboard.objects.visible_to(self.user), pk)
        parts = DashboardPart.objects.visible_to(self.user).of_dashboard(dashboard).with_reports()
        found = get_row_or_404(parts, part)
        if not may_view_card(found, self.user):
            raise ApiProblem(404, "not_found")
        title = get_card_title(found)
        panels = [build_panel(title, build_card_question(found, self.user), self.user)]
        refuse_problems(panels)
        head = {"id": get_report_name(found), "title": title}
        return build_json_response(head | build_report_json(panels, None, None))
