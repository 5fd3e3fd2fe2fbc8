"""API v2: the goals of a month with what has been reached, and setting them as on their page."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.problems import build_invalid_problem
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import DONE, OPERATION, fill_form
from crm.api.v2.v2_view import Fields, OwnView, format_moment, get_row_or_404
from crm.records.editing.settings_change import wait_for_others
from reports.api.report_calls import CountedCall
from reports.goals.forms import GoalForm, delete_goal
from reports.goals.goal_copies import copy_goals_to_month
from reports.goals.goal_lines import GoalLine, GoalState, MonthOfGoals
from reports.goals.goal_month import Month, parse_month, parse_month_to_fill
from reports.goals.goal_owners import COMPANY, DEPARTMENT, USER
from reports.models import Goal

STATES = [state.value for state in GoalState]
# The fields of the form that each of these is in.
WHOSE = {"user": USER, "department": DEPARTMENT}
KNOWN = {"whose": "user", "month": "month", "measure": "measure", "target": "target"}
GOAL: dict[str, serializers.Field] = {
    "id": build_number_field(),
    "month": build_text_field(help_text="Such as 2026-11."),
    "user": build_number_field(allow_null=True, help_text="Id of the user whose goal it is."),
    "department": build_number_field(
        allow_null=True, help_text="Id of the department whose goal it is. Without both, it is the company’s."
    ),
    "measure": serializers.ChoiceField(Goal.Measure.choices, help_text="What is counted."),
    "target": serializers.FloatField(help_text="Revenue is in the base currency."),
}
LINE = build_response_serializer(
    "GoalLine",
    **GOAL,
    whose=build_text_field(help_text="The name of the user or department."),
    reached=serializers.FloatField(),
    expected=serializers.FloatField(
        allow_null=True, help_text="What should be reached by today; null in other months than this one."
    ),
    percent=serializers.FloatField(help_text="The share of the target that was reached."),
    state=serializers.ChoiceField(STATES),
    changeable=serializers.BooleanField(help_text="Whether the user of the token may change or delete it."),
)
WRITTEN = build_response_serializer("GoalWritten", **GOAL, operation=OPERATION)


class TargetFields(Fields):
    target = serializers.DecimalField(
        max_digits=20, decimal_places=2, help_text="A whole number; revenue is in the base currency."
    )


class NewGoal(TargetFields):
    month = serializers.CharField(max_length=10, help_text="Such as 2026-11.")
    measure = serializers.ChoiceField(Goal.Measure.choices)
    user = serializers.IntegerField(**NUMBER, required=False, help_text="Id of the user whose goal it is.")
    department = serializers.IntegerField(
        **NUMBER, required=False, help_text="Id of the department. Without both, it is the company’s."
    )

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if "user" in sent and "department" in sent:
            raise serializers.ValidationError({"department": "Send either user or department."})
        return sent


def build_goal_json(goal: Goal) -> dict[str, Any]:
    return {
        "id": goal.pk,
        "month": Month(goal.month).name,
        "user": goal.user_id,
        "department": goal.department_id,
        "measure": goal.measure,
        "target": float(Decimal(goal.target)),
    }


def build_goal_line_json(line: GoalLine) -> dict[str, Any]:
    return build_goal_json(line.goal) | {
        "whose": line.goal.label,
        "reached": float(line.value),
        "expected": None if line.expected is None else float(line.expected),
        "percent": float(line.share),
        "state": line.state.value,
        "changeable": line.may_change,
    }


@extend_schema_view(
    get=call(
        "List goals",
        build_response_serializer(
            "Goals",
            month=build_text_field(),
            goals=LINE(many=True),
            counted_at=serializers.DateTimeField(
                allow_null=True, help_text="When the oldest of these numbers were counted; null for now."
            ),
        ),
        name="list_goals",
        parameters=[document_query_parameter("month", words="Such as 2026-11. Default: this month.")],
        words=(
            "Lists the goals of a month that the token's user sees, with what has been reached: those of the company, then those of "
            "departments and users. Users always see their own. If counting takes too long, the answer is 503: ask again after "
            "Retry-After seconds."
        ),
    ),
    post=call(
        "Add a goal",
        WRITTEN,
        name="add_goal",
        sends=NewGoal,
        made=True,
        parameters=[IDEMPOTENT],
        example={"month": "2026-11", "user": 3, "measure": "won", "target": 5},
        words="Sets a goal as its page does, in one operation, which can be undone, for users and departments whose leads the user sees.",
    ),
)
class Goals(CountedCall, OwnView):
    resource = "goals"
    http_method_names = ["get", "head", "post"]
    parameters = ("month",)

    def get(self, request: Any) -> HttpResponse:
        month, problems = parse_month(request.query_params)
        if problems:
            raise build_invalid_problem(month=problems[0])
        found = MonthOfGoals(month, self.user)
        if found.problems:
            raise build_invalid_problem(__all__=" ".join(found.problems))
        lines = [build_goal_line_json(line) for line in found.lines]
        counted = format_moment(found.kept or found.as_of)
        return build_json_response({"month": month.name, "goals": lines, "counted_at": counted})

    def post(self, request: HttpRequest) -> HttpResponse:
        wait_for_others()
        sent = NewGoal.read(self.sent_fields)
        whose = next((f"{sign}{sent.pop(name)}" for name, sign in WHOSE.items() if name in sent), COMPANY)
        form = fill_form(
            lambda data: GoalForm(data, user=self.user, initial={}),
            {**sent, "whose": whose, "target": str(sent["target"])},
            KNOWN,
        )
        return self.write(request, form)

    def write(self, request: HttpRequest, form: GoalForm) -> HttpResponse:
        form.channel = API
        record = form.write(self.user)
        self.headers["Location"] = f"{request.path}/{form.instance.pk}"
        return build_json_response(build_goal_json(form.instance) | {"operation": record.pk}, 201)


@extend_schema_view(
    get=call(
        "Get a goal",
        build_response_serializer("Goal", **GOAL),
        name="get_goal",
        errors=[404],
        words="Returns one goal that the token's user may set. The list has what was reached.",
    ),
    patch=call(
        "Change a goal",
        WRITTEN,
        name="change_goal",
        sends=TargetFields,
        errors=[404],
        example={"target": 8},
        words="Changes the target, in one operation, which can be undone.",
    ),
    delete=call(
        "Delete a goal",
        DONE,
        name="delete_goal",
        errors=[404],
        words="Deletes a goal, in one operation, which can be undone.",
    ),
)
class OneGoal(OwnView):
    resource = "goals"
    http_method_names = ["get", "head", "patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get_goal(self, pk: str) -> Goal:
        """Raises Problem 404."""
        return get_row_or_404(Goal.objects.changeable_by(self.user).with_names(), pk)

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_json_response(build_goal_json(self.get_goal(pk)))

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        wait_for_others()
        goal = self.get_goal(pk)
        target = str(TargetFields.read(self.sent_fields)["target"])
        form = fill_form(
            lambda data: GoalForm(data, user=self.user, instance=goal), {"target": target}, KNOWN
        )
        form.channel = API
        record = form.write(self.user)
        return build_json_response(build_goal_json(goal) | {"operation": record.pk})

    def delete(self, request: Any, pk: str) -> HttpResponse:
        wait_for_others()
        return build_json_response({"operation": delete_goal(self.get_goal(pk), self.user, channel=API).pk})


class MonthFields(Fields):
    month = serializers.CharField(max_length=10, help_text="The month that gets the goals, such as 2026-12.")


@extend_schema_view(
    post=call(
        "Copy the goals of a month",
        build_response_serializer(
            "GoalsCopied",
            month=build_text_field(),
            copied=build_number_field(),
            already_set=build_number_field(help_text="Goals that the month had already."),
            skipped=build_number_field(
                help_text="Goals of users and departments that aren’t active anymore."
            ),
            operation=OPERATION,
        ),
        name="copy_goals",
        sends=MonthFields,
        parameters=[IDEMPOTENT],
        example={"month": "2026-12"},
        words=(
            "Copies the goals of the month before to a month, as the page does: those that the token's user may set and that aren't set "
            "there yet, in one operation, which can be undone."
        ),
    )
)
class GoalsCopy(OwnView):
    resource = "goals"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wait_for_others()
        month, problems = parse_month_to_fill(MonthFields.read(self.sent_fields))
        if problems:
            raise build_invalid_problem(month=problems[0])
        done = copy_goals_to_month(month, self.user, API)
        counts = {"copied": done.copied, "already_set": done.already, "skipped": done.gone}
        return build_json_response({"month": month.name, **counts, "operation": done.record.pk})
