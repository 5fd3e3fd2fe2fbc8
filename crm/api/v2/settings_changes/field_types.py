"""API v2: changing the type of a custom field with all its values, with the preview of its page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer, build_text_field
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.documentation.call_parts import IF_MATCH, STARTED, call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.field_definitions import join_choices
from crm.api.v2.settings_changes.form_writing import OPERATION
from crm.api.v2.v2_view import Fields, OwnView
from crm.fields.custom.values.stored_values import count_filled_values
from crm.models import CustomField
from crm.records.custom_fields.retype.forms import RetypeForm, get_target_types
from crm.records.custom_fields.retype.jobs import LARGE, get_finished_check, start_check, start_retype
from crm.records.custom_fields.retype.preview import PreviewLine, build_preview_lines, find_broken_views
from crm.records.custom_fields.retype.type_change import (
    RetypeRefused,
    build_conversion,
    change_field_type,
    check_conversion,
)
from crm.records.history.jobs import build_query_dict
from crm.records.kinds.record_uses import format_uses_as_text, get_uses

OPTIONS = {
    "decimals": "decimals",
    "unit": "unit",
    "decimal": "decimal",
    "day_order": "day_order",
    "choices": "new_choices",
}


class TypeFields(Fields):
    type = serializers.ChoiceField(CustomField.Type.choices)
    decimals = serializers.IntegerField(required=False, min_value=0, max_value=6)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=20)
    decimal = serializers.ChoiceField([".", ","], required=False, help_text="The decimal separator in texts.")
    day_order = serializers.ChoiceField(
        ["day", "month"], required=False, help_text="What comes first in dates written as texts."
    )
    choices = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        max_length=5_000,
        help_text="Labels of more choices than the values give.",
    )
    preview = serializers.BooleanField(default=False, help_text="true says what would become of the values.")
    checked = serializers.IntegerField(
        **NUMBER, required=False, help_text="The finished job of an earlier preview of many values."
    )


class ChangeType(OwnView):
    """Together with FieldRows, which find the field."""

    resource = "custom_fields"
    http_method_names = ["post"]
    actions = {"POST": "put"}
    lock_field: Any

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        row = self.lock_field(request, pk)
        sent = TypeFields.read(self.sent_fields)
        form = build_valid_form(row, sent, self.user)
        total = count_filled_values(row, everywhere=True)
        if sent["preview"]:
            return self.preview(row, form, total, sent.get("checked"))
        if total > LARGE:
            return build_json_response({"job": start_retype(row, form, total, channel=API).pk}, 202)
        try:
            record = change_field_type(row, form.build_wanted_type(), by=self.user, channel=API)
        except RetypeRefused as refused:
            raise ApiProblem(409, "in_use", str(refused)) from refused
        return build_json_response({"operation": record.pk, "preview": None})

    def preview(self, row: CustomField, form: RetypeForm, total: int, checked: int | None) -> HttpResponse:
        job = get_finished_check(checked, row, self.user)
        if total > LARGE and job is None:
            return build_json_response({"job": start_check(row, form, total).pk}, 202)
        conversion = build_conversion(row, form.build_wanted_type(), self.user)
        findings = job.arguments["findings"] if job else check_conversion(conversion).as_json()
        found = build_preview_lines(conversion, findings, self.user)
        own, others = find_broken_views(conversion, self.user)
        preview = {
            "converting": found["converting"],
            "failing": found["failing"],
            "examples": [build_line_json(line) for line in found["examples"]],
            "failures": [build_line_json(line) for line in found["failures"]],
            "views": len(own) + others,
            "loses_default": bool(row.first_value and not conversion.convert_default()),
            "affects": format_uses_as_text(get_uses(conversion, self.user)),
        }
        return build_json_response({"operation": None, "preview": preview})


def build_valid_form(row: CustomField, sent: dict[str, Any], user: Any) -> RetypeForm:
    """The form of the page; options that aren't sent are as the page proposes them. Raises Problem 422."""
    if sent["type"] not in dict(get_target_types(row)):
        raise build_invalid_problem(type="This field can't get this type.")
    proposed = RetypeForm({"type": sent["type"]}, row=row, user=user)
    options = {own: sent[name] for name, own in OPTIONS.items() if name in sent}
    if missing := [name for name, own in OPTIONS.items() if own in options and own not in proposed.fields]:
        raise build_invalid_problem(**dict.fromkeys(missing, "This type doesn't have this option."))
    if "new_choices" in options:
        options["new_choices"] = join_choices(options["new_choices"])
    data = {name: str(value) for name, value in {**proposed.data, **options}.items()}
    form = RetypeForm(build_query_dict(data | {"version": str(row.version)}), row=row, user=user)
    if not form.is_valid():
        raise build_invalid_form_problem(form.errors, {own: name for name, own in OPTIONS.items()})
    return form


def build_line_json(line: PreviewLine) -> dict[str, Any]:
    return {"old": line.old, "new": line.new, "records": line.count}


def document_type_change(view: Any, one: str) -> None:
    extend_schema_view(
        post=call(
            f"Change the type of a custom field of a {one}",
            TYPE_CHANGED,
            name=f"change_{one}_field_type",
            sends=TypeFields,
            later=STARTED,
            parameters=[IDEMPOTENT, IF_MATCH],
            errors=[404, 412],
            example={"type": "number", "preview": True},
            words=(
                "Changes the type of a field and all its values, in one operation, which can be undone. Options that you don’t send are guessed "
                "from the values. If a value doesn’t fit, nothing changes and the answer is 409; a preview lists such values, as far as the user "
                "of the token sees their records. For many values a job does the work, and the answer is 202: for a preview, send the id of the "
                "finished job in checked."
            ),
        )
    )(view)


LINE = build_response_serializer(
    "TypePreviewLine",
    old=build_text_field(help_text="The value as it is now."),
    new=build_text_field(help_text="What it becomes, or why it doesn't fit."),
    records=build_number_field(help_text="How many records have it."),
)
TYPE_CHANGED = build_response_serializer(
    "TypeChange",
    operation=OPERATION,
    preview=build_response_serializer(
        "TypePreview",
        converting=build_number_field(help_text="How many values fit."),
        failing=build_number_field(help_text="How many don't."),
        examples=LINE(many=True),
        failures=LINE(many=True),
        views=build_number_field(help_text="How many saved views lose their filter by this field."),
        loses_default=serializers.BooleanField(),
        affects=build_text_field(help_text="What else uses the field, in words, or empty."),
    )(allow_null=True),
)
