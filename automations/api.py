"""API v2: automations with their sentences and logs, and turning them on and off. Setting one up is for people, who try it first."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from automations.definition.sentences import build_sentence
from automations.log_lines import build_log_lines, visible_runs_queryset
from automations.models import Automation, AutomationRun
from automations.switching import turn_off, turn_on
from automations.views.access import may_change
from crm.api.api_view import build_json_response
from crm.api.call_parameters import LARGEST_ID, parse_number_parameter, parse_url_number, require_known
from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.problems import ApiProblem
from crm.api.token_scopes import TokenResource
from crm.api.v2.documentation.call_parts import BEFORE, LIMIT, call
from crm.api.v2.documentation.field_schemas import build_row_serializer
from crm.api.v2.v2_view import Fields, OwnView, format_moment, get_page_before
from crm.records.kinds.kind_registry import KINDS

VIEW, CHANGE = (Automation.get_right(action) for action in ("view", "change"))
RESOURCES = [TokenResource("automations", _("Automations"), {"get": VIEW, "put": CHANGE}, VIEW)]


def get_visible_automations(user: Any) -> list[Automation]:
    """Those about records that the user may view, in their order."""
    tables = [kind.name for kind in KINDS.values() if user.has_perm(kind.get_right("view"))]
    rows = Automation.objects.active().filter(table_of__in=tables)
    return list(rows.in_order().select_related("owner"))


def find_automation(user: Any, pk: str) -> Automation:
    """Raises Problem 404."""
    number = parse_url_number(pk) or 0
    found = next((row for row in get_visible_automations(user) if row.pk == number), None)
    if found is None:
        raise ApiProblem(404, "not_found")
    return found


def build_automation_json(row: Automation, user: Any) -> dict[str, Any]:
    sentence = build_sentence(row, user)
    return {
        "id": row.pk,
        "name": row.name,
        "of": row.table_of,
        "turned_on": row.turned_on,
        "off_reason": row.off_reason,
        "owner": row.owner_id,
        "for_imports": row.for_imports,
        "most_an_hour": row.most_an_hour,
        "when": sentence["when"],
        "conditions": sentence["conditions"],
        "steps": sentence["steps"],
    }


AUTOMATION = build_row_serializer(
    "Automation",
    Automation,
    {
        "id": "",
        "name": "",
        "of": build_text_field(help_text="The record type, such as lead."),
        "turned_on": "",
        "off_reason": "Why Leadwell turned it off, or empty.",
        "owner": "Id of the user with whose permissions it acts.",
        "for_imports": "",
        "most_an_hour": "",
        "when": build_text_field(help_text="What wakes it, in words."),
        "conditions": build_text_field(
            help_text="The conditions in words, as far as the user can see their fields; empty without any."
        ),
        "steps": serializers.ListField(child=build_text_field(), help_text="What it does, in words."),
    },
)
RUN = build_row_serializer(
    "AutomationRun",
    AutomationRun,
    {
        "id": "",
        "record": "Id of the record.",
        "at": "",
        "outcome": "",
        "waking": "Id of the operation that woke it, or of the run itself, which a user asked for.",
        "written": "Id of the operation in which it acted, which can be undone.",
        "reasons": serializers.ListField(
            child=build_text_field(), help_text="Why steps didn't change the record, in words."
        ),
        "unmet": serializers.ListField(
            child=build_text_field(), help_text="The conditions that weren't met, in words."
        ),
    },
)


class SwitchFields(Fields):
    """Whether it is on."""

    turned_on = serializers.BooleanField()


@extend_schema_view(
    get=call(
        "List automations",
        build_response_serializer("Automations", automations=AUTOMATION(many=True)),
        name="list_automations",
        words="Lists the automations in the order in which they act, each with what it does in words.",
    )
)
class Automations(OwnView):
    resource = "automations"
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        rows = get_visible_automations(self.user)
        return build_json_response({"automations": [build_automation_json(row, self.user) for row in rows]})


@extend_schema_view(
    get=call(
        "Get an automation",
        AUTOMATION,
        name="get_automation",
        errors=[404],
        words="Returns one automation with what it does in words.",
    ),
    put=call(
        "Turn an automation on or off",
        AUTOMATION,
        name="switch_automation",
        sends=SwitchFields,
        errors=[404],
        example={"turned_on": False},
        words=(
            "Turns it on or off. The user of the token needs the permission to change automations, and can't have fewer "
            "permissions than its owner. Turned on, it acts on what happens from then on."
        ),
    ),
)
class OneAutomation(OwnView):
    resource = "automations"
    http_method_names = ["get", "head", "put"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_json_response(build_automation_json(find_automation(self.user, pk), self.user))

    def put(self, request: Any, pk: str) -> HttpResponse:
        row = find_automation(self.user, pk)
        if not may_change(row, self.user):
            raise ApiProblem(403, "forbidden", "The owner of the automation has more permissions.")
        on = SwitchFields.read(self.sent_fields)["turned_on"]
        if on != row.turned_on:
            (turn_on if on else turn_off)(row, by=self.user)
        return build_json_response(build_automation_json(find_automation(self.user, pk), self.user))


@extend_schema_view(
    get=call(
        "List what an automation did",
        build_response_serializer(
            "AutomationRuns", runs=RUN(many=True), next=build_number_field(allow_null=True)
        ),
        name="list_automation_runs",
        parameters=[
            LIMIT,
            BEFORE,
            document_query_parameter(
                "outcome", {"type": "string", "enum": AutomationRun.Outcome.values}, "Only with this outcome."
            ),
            document_query_parameter("record", int, "Only about the record with this id."),
        ],
        errors=[404],
        words=(
            "Returns what the automation did with each record that the user of the token can see, or why not, newest first. "
            "Follow next until it is null."
        ),
    )
)
class AutomationRuns(OwnView):
    resource = "automations"
    http_method_names = ["get", "head"]
    parameters = ("limit", "before", "outcome", "record")

    def get(self, request: Any, pk: str) -> HttpResponse:
        row, data = find_automation(self.user, pk), request.query_params
        outcome = data.get("outcome", "")
        require_known("outcome", outcome, ["", *AutomationRun.Outcome.values])
        record = parse_number_parameter("record", data["record"], LARGEST_ID) if data.get("record") else None
        runs = visible_runs_queryset(row, self.user, outcome, record).newest_first()
        page, following = get_page_before(runs, data)
        return build_json_response({"runs": build_runs_json(row, page, self.user), "next": following})


def build_runs_json(automation: Automation, runs: list[AutomationRun], user: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": line.run.pk,
            "record": line.run.record,
            "at": format_moment(line.run.at),
            "outcome": line.run.outcome,
            "waking": line.run.waking,
            "written": line.run.written,
            "reasons": [f"{step}: {reason}" if step else reason for step, reason in line.reasons],
            "unmet": line.unmet,
        }
        for line in build_log_lines(automation, runs, user)
    ]


urlpatterns = [
    path("automations", Automations.as_view(), name="own_automations"),
    path("automations/<str:pk>", OneAutomation.as_view(), name="own_automation"),
    path("automations/<str:pk>/runs", AutomationRuns.as_view(), name="own_automation_runs"),
]
