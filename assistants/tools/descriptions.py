"""What a record type has, in the words of API v2's documentation: for a model, so each entry is one line."""

from typing import Any

from rest_framework import serializers

from crm.api.v2.documentation.field_schemas import (
    build_body_field,
    build_response_field,
    get_documented_parameters,
)
from crm.fields.conditions.field_filters import NEGATION_SUFFIX
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.records.kinds.kind_registry import Kind

TYPES: list[tuple[Any, str]] = [
    (serializers.BooleanField, "true or false"),
    (serializers.ListField, "list of ids"),
    (serializers.FloatField, "number"),
    (serializers.IntegerField, "id or number"),
    (serializers.DateTimeField, "moment"),
    (serializers.DateField, "date"),
]


# What the operators of conditions compare with; all others take a text.
OPERATORS = {
    "above, below": "a number such as 1250.5",
    "before, after, since": "a date such as 2026-05-31",
    "between": "two values with two dots between them, such as 10..1000; one of them may be empty",
    "empty, filled": "yes",
    "in": "a period",
}
PERIOD_OPERATOR = "in"


def describe_type(kind: Kind, user: Any, custom_fields: list[dict[str, Any]]) -> dict[str, Any]:
    fields = kind.form.base_fields
    return {
        "fields": {name: _describe(build_response_field(kind, name)) for name in kind.fields.OWN_API},
        "writable": {name: _describe(build_body_field(fields[name])) for name in kind.fields.FORM_FIELDS},
        "custom_fields": custom_fields,
        **describe_conditions(kind),
        "sorts": sorted(kind.sorts.get_names(user)),
        "actions": {
            action.name: {name: str(field.label or name) for name, field in _get_fields(action).items()}
            for action in kind.actions
            if action.is_allowed(user, kind.model)
        },
    }


def describe_conditions(kind: Kind) -> dict[str, Any]:
    """The filters of the list, and the operators of each field: one by one they would be 300 lines."""
    filters: dict[str, str] = {}
    operators: dict[str, list[str]] = {}
    periods: dict[str, Any] = {}
    for parameter in get_documented_parameters(kind):
        name, _dot, operator = parameter.name.partition(OPERATOR_SEPARATOR)
        if operator:
            operators.setdefault(name, []).append(operator)
            periods |= dict.fromkeys(parameter.enum or ()) if operator == PERIOD_OPERATOR else {}
        elif not name.endswith(NEGATION_SUFFIX):
            filters[name] = _shorten(str(parameter.description or "")) + _name_values(parameter.enum)
    fields = {name: ", ".join(found) for name, found in operators.items()}
    told = OPERATORS | {PERIOD_OPERATOR: f"one of {', '.join(periods)}"}
    return {"conditions": filters, "conditions_of_fields": fields, "operators": told}


def _describe(field: Any) -> str:
    words = next((words for found, words in TYPES if isinstance(field, found)), "text")
    return f"{words}. {field.help_text}" if field.help_text else words


def _shorten(text: str) -> str:
    return text.replace("Records whose ", "").replace("Records by ", "")


def _name_values(values: Any) -> str:
    return f" One of: {', '.join(map(str, values))}." if values else ""


def _get_fields(action: Any) -> dict[str, Any]:
    return getattr(action.form, "base_fields", {})
