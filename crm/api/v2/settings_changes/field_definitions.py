"""The definition of a custom field as programs read and change it: the fields of its form, and what programs call them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rest_framework import serializers

from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.problems import build_invalid_problem
from crm.api.v2.settings_changes.form_writing import OPERATION, build_sent_field, write_form
from crm.api.v2.v2_view import Fields, refuse_unknown_parameters
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField, Operation
from crm.records.custom_fields.forms.definition import CustomFieldForm
from crm.records.custom_fields.formula_input import get_formula_text

# What a program calls the fields of the form; the others aren't sent one to one.
NAMES = {
    "label": "name",
    "label_ro": "name_ro",
    "help": "help",
    "help_ro": "help_ro",
    "decimals": "decimals",
    "unit": "unit",
    "default": "first_value",
    "other_side": "other_side",
    "other_side_ro": "other_side_ro",
    "required": "required",
    "unique": "is_unique",
    "quick": "quick",
    "searched": "searched",
    "roles": "roles",
    "editors": "editors",
    "departments": "departments",
    "formula": "formula",
    "confirmed": "confirmed",
}
ADDED = {"type": "type", "links_to": "links_to"}
CHANGED = {"retired": "retired"}
SECTION, CHOICES, SHOWN_IF = "section", "choices", "shown_if"
CONDITION = build_response_serializer(
    "FieldCondition",
    field=build_text_field(help_text="The name of another field, such as status or c12."),
    values=serializers.ListField(
        child=build_text_field(), help_text="The field is shown for these values of it."
    ),
)
CHOICE = build_response_serializer(
    "FieldChoice",
    key=build_text_field(),
    label=build_text_field(),
    color=build_number_field(allow_null=True, help_text="The hue of its color, in degrees; null for none."),
    retired=serializers.BooleanField(),
)
TEXTS = ("label", "label_ro", "help", "help_ro", "default", "other_side", "other_side_ro")
MARKS = ("required", "unique", "quick", "searched", "retired")
IDS = {
    "roles": "Ids of the roles that see it. Empty: everyone.",
    "editors": "Ids of the roles that may change it. Empty: everyone who sees it.",
    "departments": "Ids of the departments whose records have it. Empty: all.",
}
DEFINITION = {
    "key": build_text_field(help_text="Its name in custom_fields, such as c12."),
    "type": serializers.ChoiceField(CustomField.Type.choices),
    **{name: build_text_field() for name in TEXTS},
    SECTION: build_text_field(help_text="The card of the form that it is on, or empty."),
    "decimals": build_number_field(),
    "unit": build_text_field(),
    "links_to": build_text_field(help_text="The record type that a link leads to, or empty."),
    "formula": build_text_field(help_text="With the labels of the fields that it names, or empty."),
    **{name: serializers.BooleanField() for name in MARKS},
    **{
        name: serializers.ListField(child=build_number_field(), help_text=words)
        for name, words in IDS.items()
    },
    SHOWN_IF: CONDITION(allow_null=True, help_text="null if the field is always shown."),
    CHOICES: CHOICE(many=True),
    "version": build_number_field(help_text="For If-Match."),
}
DEFINITION_ROW = build_response_serializer("FieldDefinition", **DEFINITION)
DEFINITION_WRITTEN = build_response_serializer("FieldDefinitionWritten", **DEFINITION, operation=OPERATION)


class ConditionFields(Fields):
    field = serializers.CharField(max_length=60)
    values = serializers.ListField(child=serializers.CharField(max_length=200), max_length=500)


@cache
def build_sent_definition(*, is_new: bool) -> type[serializers.Serializer]:
    """What a program sends, for the documentation."""
    names = NAMES | (ADDED if is_new else CHANGED)
    base: dict[str, Any] = CustomFieldForm.base_fields
    fields = {name: build_sent_field(base[own]) for name, own in names.items() if own in base}
    more = {
        SECTION: build_text_field(required=False, help_text="The card of the form that it is on."),
        CHOICES: serializers.ListField(
            child=build_text_field(),
            required=False,
            help_text="Labels of choices to add to those that it has.",
        ),
        SHOWN_IF: CONDITION(required=False, allow_null=True, help_text="null shows it always."),
        "confirmed": serializers.BooleanField(
            required=False, help_text="true confirms what the page would ask."
        ),
    }
    if is_new:
        more["links_to"] = build_text_field(required=False, help_text="The record type that a link leads to.")
    return build_response_serializer(f"{'New' if is_new else 'Changed'}FieldDefinition", **{**fields, **more})


def build_definition_settings_json(row: CustomField, user: Any) -> dict[str, Any]:
    texts = {name: getattr(row, NAMES[name]) for name in TEXTS}
    marks = {name: getattr(row, {**NAMES, **CHANGED}[name]) for name in MARKS}
    return {
        "key": row.key,
        "type": row.type,
        **texts,
        SECTION: row.section,
        "decimals": row.decimals,
        "unit": row.unit,
        "links_to": row.links_to,
        "formula": get_formula_text(SCHEMAS[row.table_of], row, user) if row.is_computed else "",
        **marks,
        **{name: getattr(row, name) for name in IDS},
        SHOWN_IF: row.shown_if or None,
        CHOICES: [
            {
                "key": choice["key"],
                "label": choice["name"],
                "color": choice.get("hue"),
                "retired": bool(choice.get("retired")),
            }
            for choice in row.choices
            if not choice.get("deleted")
        ],
        "version": row.version,
    }


def write_definition(
    kind: str, row: CustomField | None, sent: Mapping[str, Any], user: Any
) -> tuple[CustomField, Operation]:
    """The field that was added or changed through the form of its page, and the operation. What isn't sent stays. Raises Problem 422."""
    names = NAMES | (ADDED if row is None else CHANGED)
    refuse_unknown_parameters(dict(sent), [*names, SECTION, CHOICES, SHOWN_IF])
    values = {names[name]: value for name, value in sent.items() if name in names}
    known = {own: name for name, own in names.items()} | {"new_choices": CHOICES, "shown_field": SHOWN_IF}
    if SECTION in sent:
        values[SECTION], known[SECTION] = sent[SECTION], SECTION
    if CHOICES in sent:
        values["new_choices"] = join_choices(sent[CHOICES])
    if SHOWN_IF in sent:
        condition = read_condition(sent[SHOWN_IF])
        values |= condition
        known |= dict.fromkeys(condition, SHOWN_IF)
    return write_form(lambda data: _build_form(data, kind, row, user), values, known, user)


def _build_form(data: Any, kind: str, row: CustomField | None, user: Any) -> CustomFieldForm:
    return CustomFieldForm(data, instance=row, kind=SCHEMAS[kind], user=user)


def join_choices(labels: Any) -> str:
    """The labels as the form takes them: one on each line. Raises Problem 422."""
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise build_invalid_problem(**{CHOICES: "Send a list of labels."})
    return "\n".join(" ".join(label.split()) for label in labels)


def read_condition(sent: Any) -> dict[str, Any]:
    """When the field is shown, as the form takes it. Raises Problem 422."""
    if sent is None:
        return {"shown_field": ""}
    if not isinstance(sent, dict):
        raise build_invalid_problem(**{SHOWN_IF: "Send an object with field and values, or null."})
    found = ConditionFields.read(sent)
    return {"shown_field": found["field"], f"shown_{found['field']}": found["values"]}
