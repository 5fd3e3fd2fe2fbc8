"""Equality on a unique custom field: the table of unique values finds the record without reading the others."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Func, Q, Value

from crm.fields.conditions.condition_operator import Operator


def compare_as_unique(field: Any, operators: Sequence[Operator]) -> tuple[Operator, ...]:
    """The operators of a field; if it is unique, "is" compares as uniqueness does (crm/fields/custom/unique/unique_triggers.py)."""
    definition = getattr(field, "definition", None)
    if definition is None or not definition.is_unique:
        return tuple(operators)
    return tuple(
        replace(operator, condition=build_has_value_condition) if operator.name == "is" else operator
        for operator in operators
    )


def build_has_value_condition(field: Any, value: Any) -> Q:
    """The records with this value, in Trash or not."""
    text = format(value, "f") if isinstance(value, Decimal) else value
    key = Func(
        Value(field.definition.type), Value(json.dumps(text)),
        function="leadwell_unique_key", template="%(function)s(%(expressions)s::jsonb)",
    )  # fmt: skip
    return Q(pk__any=Func(Value(field.definition.pk), key, function="leadwell_holders"))
