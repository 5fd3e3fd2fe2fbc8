"""The CRM Connect dialect: the custom fields of leads, and the values that one lead has in them.

The shape is the one that the vendor documents in its module's Custom_fields controller: a select, multiselect or checkbox
has its value and its options as JSON lists in a text.
"""

import json
from typing import Any

from accounts.models import User
from crm.api import json_rows
from crm.api.api_view import build_json_response
from crm.api.problems import ApiProblem
from crm.fields.custom.values.field_registry import get_custom_fields, get_offered_choices
from crm.fields.models.custom_field import CustomField
from crm.fields.widgets.lookup_widgets import TagsCell
from leads.api.connect import lead_rows
from leads.api.connect.connect_leads import ConnectView
from leads.api.connect.custom_field_parsing import get_parameter_name
from leads.models import Lead

Type = CustomField.Type
# A type without an entry is a line of text.
NAMES = {
    Type.LONG_TEXT: "textarea",
    Type.NUMBER: "number",
    Type.MONEY: "number",
    Type.RATING: "number",
    Type.DATE: "date_picker",
    Type.MOMENT: "date_picker_time",
    Type.YES_NO: "select",
    Type.CHOICE: "select",
    Type.CHOICES: "multiselect",
}


class CustomFields(ConnectView):
    """The fields that the user may see, with empty values."""

    resource = "leads"
    http_method_names = ["get", "head"]

    def get(self, request):
        return build_json_response(
            [build_field_description(field, "") for field in get_custom_fields(Lead.table, self.user)]
        )


class CustomFieldsOfLead(ConnectView):
    """The same with the values of a lead."""

    resource = "leads"
    http_method_names = ["get", "head"]

    def get(self, request, pk):
        texts = get_custom_texts(self.parse_id(pk), self.user)
        fields = get_custom_fields(Lead.table, self.user)
        return build_json_response(
            [build_field_description(field, text) for field, text in zip(fields, texts, strict=True)]
        )


def get_custom_texts(pk: int, user: User) -> list[str]:
    """The values of a lead as texts, in the order of the fields. Raises Problem 404."""
    seen = Lead.objects.present().visible_to(user).filter(pk=pk)
    for text in json_rows.get_json_texts(seen, lead_rows.build_row_shape(["customfields"], user)):
        return [row["value"] for row in json.loads(text)["customfields"]]
    raise ApiProblem(404, "not_found")


def build_field_description(field: Any, text: str) -> dict[str, str]:
    definition = field.definition
    found = {
        "field_name": get_parameter_name(definition.pk),
        "custom_field_id": str(definition.pk),
        "label": str(field.verbose_name),
        "required": str(int(definition.required)),
        "type": NAMES.get(definition.type, "input"),
        "value": text,
    }
    if options := get_option_labels(field):
        several = definition.type == Type.CHOICES
        found["value"] = json.dumps(TagsCell.parse_names(text) if several else [text] * bool(text))
        found["options"] = json.dumps(options)
    return found


def get_option_labels(field: Any) -> list[str]:
    if field.definition.type == Type.YES_NO:
        return ["yes", "no"]
    return [label for _key, label in get_offered_choices(field, None)] if field.definition.has_choices else []
