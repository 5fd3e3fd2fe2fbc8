"""Custom fields in API v2: what a program sends under `custom_fields`, and the list of them."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_aware

from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.v2_view import get_unknown_parameter_errors
from crm.fields.custom.files.file_values import is_file
from crm.fields.custom.values.field_registry import get_custom_fields, is_edited_by, is_written_as_text
from crm.fields.models.custom_field import CustomField
from crm.records.kinds.kind_registry import Kind

CUSTOM_FIELDS_KEY = "custom_fields"
Type = CustomField.Type

SENTENCES = {
    Type.NUMBER: "Send a number, or null.",
    Type.MONEY: "Send a number, or null.",
    Type.RATING: "Send a whole number, or null.",
    Type.DATE: "Send a date such as 2026-05-31, or null.",
    Type.MOMENT: "Send a time with its time zone, such as 2026-05-31T08:38:04Z, or null.",
    Type.YES_NO: "Send true, false, or null.",
    Type.CHOICE: "Send the key of a choice, or null.",
    Type.CHOICES: "Send a list of keys of choices, or null.",
    Type.USER: "Send the id of a user, or null.",
    Type.LINK: "Send the id of a record, an object with its id, or null.",
}
TEXT = "Send a text, or null."
COMPUTED = "This field is a formula and is read-only."
UPLOADED = "Files are uploaded in Leadwell, in the form of the record. Programs can't change this field."
FIELD_CLOSED_MESSAGE = "You may not change this field."


def parse_custom_fields(kind: Kind, sent: dict[str, Any], user: Any) -> dict[str, Any]:
    """The fields that a program sends, with each custom field under its key. Raises Problem 422 for a custom field that
    the user doesn't see or may not edit, and for a value of another type."""
    if CUSTOM_FIELDS_KEY not in sent:
        return sent
    values = sent[CUSTOM_FIELDS_KEY]
    if not isinstance(values, dict):
        raise build_invalid_problem(
            **{CUSTOM_FIELDS_KEY: "Send an object with keys of custom fields, such as c12."}
        )
    known = {field.name: field for field in kind.get_writable_custom_fields(user)}
    unwritten = {field.name: field for field in kind.get_custom_fields(user) if field.name not in known}
    wrong = get_unknown_parameter_errors(values, known)
    wrong |= {
        name: UPLOADED if is_file(unwritten[name]) else COMPUTED for name in values if name in unwritten
    }
    wrong |= {
        name: SENTENCES.get(known[name].definition.type, TEXT)
        for name, value in values.items()
        if name in known and value is not None and not has_json_type(known[name], value)
    }
    wrong |= {
        name: FIELD_CLOSED_MESSAGE for name in values if name in known and not is_edited_by(known[name], user)
    }
    if wrong:
        raise build_invalid_problem(**{get_error_key(name): sentence for name, sentence in wrong.items()})
    own = {name: value for name, value in sent.items() if name != CUSTOM_FIELDS_KEY}
    return own | {name: convert_to_form_value(known[name], value) for name, value in values.items()}


def get_error_key(key: str) -> str:
    """The name of a custom field in errors."""
    return f"{CUSTOM_FIELDS_KEY}.{key}"


@contextmanager
def translate_custom_field_errors(kind: Kind, user: Any) -> Iterator[None]:
    """A problem with a custom field that the user sees gets the name that the program knows."""
    try:
        yield
    except ApiProblem as problem:
        keys = {field.name for field in kind.get_custom_fields(user)}
        problem.errors = {
            get_error_key(name) if name in keys else name: texts for name, texts in problem.errors.items()
        }
        raise


def has_json_type(field: Any, value: Any) -> bool:
    """Whether the value has the JSON type of the field. Its form checks everything else."""
    check = FITTING.get(field.definition.type)
    return check(value) if check else isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and (not value or _parse_or_none(parse_date, value) is not None)


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    found = _parse_or_none(parse_datetime, value)
    return not value or (found is not None and is_aware(found))


def _parse_or_none(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None


def _is_key_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(key, str) for key in value)


def _is_linked_record(value: Any) -> bool:
    """A record by its id, or as an answer has it."""
    return _is_whole_number(value.get("id") if isinstance(value, dict) else value)


FITTING: dict[str, Callable[[Any], bool]] = {
    Type.NUMBER: _is_number,
    Type.MONEY: _is_number,
    Type.RATING: _is_whole_number,
    Type.DATE: _is_day,
    Type.MOMENT: _is_moment,
    Type.YES_NO: lambda value: isinstance(value, bool),
    Type.CHOICES: _is_key_list,
    Type.USER: _is_whole_number,
    Type.LINK: _is_linked_record,
}


def convert_to_form_value(field: Any, value: Any) -> Any:
    """The value without an exponent; a linked record by its id; keys once each, in the order of the definition, with unknown
    ones last."""
    if field.definition.type == Type.LINK and value is not None:
        # With its sign: a bare number that isn't found would be looked for as a name.
        return f"#{value['id'] if isinstance(value, dict) else value}"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if field.definition.type == Type.CHOICES:
        order = [key for key, _label in field.definition_choices]
        return sorted(
            dict.fromkeys(value or []), key=lambda key: order.index(key) if key in order else len(order)
        )
    return value


def build_definitions_reader(table: str) -> Callable[[Any], list[dict[str, Any]]]:
    """Reads the custom fields of a record type that a user can see, in order."""

    def rows(user: Any) -> list[dict[str, Any]]:
        return [
            build_definition_json(field.definition)
            | get_result_type(field)
            | {"read_only": not (is_written_as_text(field) and is_edited_by(field, user))}
            for field in get_custom_fields(table, user)
        ]

    rows.__name__ = f"{table}_custom_fields"
    return rows


def get_result_type(field: Any) -> dict[str, Any]:
    """The type of its values; a formula knows its own currency and decimal places."""
    if not field.formula:
        return {"result": field.value_type}
    result = field.formula.result
    return {
        "result": result.name,
        "unit": field.unit,
        "decimals": result.places,
    }


def build_definition_json(definition: CustomField) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": definition.key,
        "label": definition.label,
        "type": definition.type,
        "required": definition.required,
        "unique": definition.is_unique,
        "help": definition.help_in_active_language,
        "unit": definition.unit,
        "links_to": definition.links_to,
        "decimals": 2 if definition.type == Type.MONEY else definition.decimals,
    }
    rows = definition.choices if definition.has_choices else []
    choices = [{"key": row["key"], "label": row["name"], "retired": bool(row.get("retired"))} for row in rows]
    return found | {"choices": choices, "departments": definition.departments}
