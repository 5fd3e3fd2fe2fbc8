"""API v2: changing, deleting and merging one choice of a custom field, as its page does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import document_query_parameter
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.documentation.call_parts import ETAG, IF_MATCH, STARTED, call
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.field_definitions import DEFINITION_WRITTEN
from crm.api.v2.v2_view import Fields, OwnView
from crm.models import CustomField
from crm.records.custom_fields.choice_changes import (
    change_choice,
    count_records_by_choice,
    delete_choice,
    get_choice,
    get_present_choices,
    merge_choices,
    start_merge,
)
from crm.records.custom_fields.forms.choice import ChoiceForm
from crm.records.custom_fields.retype.jobs import LARGE
from crm.records.custom_fields.retype.type_change import RetypeRefused

NAMES = {"name": "label", "hue": "color", "no_hue": "color", "retired": "retired"}


class ChoiceFields(Fields):
    label = serializers.CharField(required=False, max_length=1_000)
    color = serializers.IntegerField(
        required=False, allow_null=True, help_text="The hue of its color, in degrees; null for none."
    )
    retired = serializers.BooleanField(
        required=False, help_text="true offers it no longer; records that have it keep it."
    )


class ChoiceDeletion(Fields):
    replace_with = serializers.CharField(required=False, max_length=60)


class ChangeChoice(OwnView):
    """Together with FieldRows, which find the field."""

    resource = "custom_fields"
    http_method_names = ["patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put", "DELETE": "put"}
    lock_field: Any
    build_field_response: Any

    def get_known_parameters(self, method: str) -> Any:
        return ["replace_with"] if method == "DELETE" else ()

    def patch(self, request: HttpRequest, pk: str, key: str) -> HttpResponse:
        row, choice = self.lock_choice(request, pk, key)
        sent = ChoiceFields.read(self.sent_fields, partial=True)
        color = sent.get("color", choice.get("hue"))
        data = {"name": sent.get("label", choice["name"])}
        data |= {"no_hue": "on"} if color is None else {"hue": str(color)}
        data |= {"retired": "on"} if sent.get("retired", choice.get("retired")) else {}
        form = ChoiceForm(data, row=row, choice=choice)
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors, NAMES)
        record = change_choice(row, key, form.get_values(), by=self.user, channel=API)
        return self.build_field_response(row.pk, record)

    def delete(self, request: Any, pk: str, key: str) -> HttpResponse:
        sent = ChoiceDeletion.read(request.query_params.dict())
        row, _choice = self.lock_choice(request, pk, key)
        try:
            if "replace_with" not in sent:
                return self.build_field_response(row.pk, delete_choice(row, key, by=self.user, channel=API))
            return self.merge(row, key, sent["replace_with"])
        except RetypeRefused as refused:
            raise ApiProblem(409, "in_use", str(refused)) from refused

    def merge(self, row: CustomField, key: str, into: str) -> HttpResponse:
        others = {one["key"] for one in get_present_choices(row) if not one.get("retired")} - {key}
        if into not in others:
            raise build_invalid_problem(replace_with="Send the key of another choice in use.")
        count = count_records_by_choice(row, [key]).get(key, 0)
        if count > LARGE:
            job = start_merge(row, key, into, self.user, count, channel=API)
            return build_json_response({"job": job.pk}, 202)
        return self.build_field_response(row.pk, merge_choices(row, key, into, by=self.user, channel=API))

    def lock_choice(self, request: HttpRequest, pk: str, key: str) -> tuple[CustomField, dict[str, Any]]:
        """Raises Problem 404 for a field without choices, too."""
        row = self.lock_field(request, pk)
        found = get_choice(row, key) if row.has_choices else None
        if found is None:
            raise ApiProblem(404, "not_found")
        return row, found


def document_choice(view: Any, one: str) -> None:
    extend_schema_view(
        patch=call(
            f"Change a choice of a custom field of a {one}",
            DEFINITION_WRITTEN,
            name=f"change_{one}_field_choice",
            sends=ChoiceFields(partial=True),
            parameters=[IF_MATCH, ETAG],
            errors=[404, 412],
            example={"label": "Large"},
            words=(
                "Changes the label, the color or the use of one choice, by its key, in one operation, which can be undone. New choices are added "
                "with the field."
            ),
        ),
        delete=call(
            f"Delete a choice of a custom field of a {one}",
            DEFINITION_WRITTEN,
            name=f"delete_{one}_field_choice",
            later=STARTED,
            parameters=[
                document_query_parameter(
                    "replace_with",
                    words="The key of the choice that its records, saved views, rules and formulas get.",
                ),
                IF_MATCH,
                ETAG,
            ],
            errors=[404, 412],
            words=(
                "Deletes a choice that no record has. With replace_with, what has it gets the other choice, and it is retired. Both are one "
                "operation, which can be undone. If it has to stay, the answer is 409 with the code in_use. For many records a job does the "
                "work, and the answer is 202."
            ),
        ),
    )(view)
