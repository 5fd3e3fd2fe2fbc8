"""What a field type adds for a value that comes from JSON instead of a column."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import models
from django.db.models import Field, Func, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Left

from crm.custom.looked_up import by_value
from crm.fields import texts
from crm.fields.columns import KEY_LENGTH
from crm.fields.filters import NONE

VALUES = "custom_values__values"


def _text_of(field: Field) -> Any:
    return KeyTextTransform(field.name, VALUES)


def _cast(field: Any) -> dict[str, Any]:
    return {field.name: field.expression or Cast(_text_of(field), plain_field(field))}


def plain_field(field: Field) -> Field:
    """A field of the same column type, without what belongs to a form."""
    if isinstance(field, models.DecimalField):
        return models.DecimalField(max_digits=field.max_digits, decimal_places=field.decimal_places)
    return type(field)()


def any_of(field: Field, values: list[str], found: Callable[[list[str]], Q]) -> Q:
    """The records with one of these values, by the condition that `found` makes of them, and the empty ones if chosen.

    The condition is false for an empty value: so the filter for all other values finds empty ones too.
    """
    chosen = found([value for value in values if value != NONE]) & Q(**{f"{field.name}__isnull": False})
    return chosen | Q(**{f"{field.name}__isnull": True}) if NONE in values else chosen


class Custom:
    """What a type adds for a value from JSON. None of them has an index of its own, so a sort collects."""

    def expressions(self, field: Field) -> dict[str, Any]:
        """What a query computes, by name: the value as the type of a column, and what it sorts by. The value of a formula
        has its own expression."""
        return _cast(field)

    def same(self, field: Field, value: Any) -> Q:
        """The records with this value."""
        return Q(**{field.name: value})

    def operators(self, field: Field) -> Any:
        return by_value(field, super().operators(field))  # type: ignore[misc]

    def key(self, field: Field) -> Any:
        return None

    def index(self, field: Field, name: str) -> Any:
        return None

    def needed(self, field: Field) -> list[str]:
        return []

    def annotated(self, field: Field) -> dict[str, Any]:
        return {}

    def joined(self, field: Field) -> list[str]:
        return []

    def sort(self, field: Field) -> Any:
        found = super().sort(field)  # type: ignore[misc]
        return found and replace(found, prefixes=())


class OfText(Custom):
    """A text is never NULL, like the texts of a model. It is found by conditions, not in "All filters"."""

    def filter(self, field):
        return None

    def expressions(self, field):
        raw = field.expression or Coalesce(_text_of(field), Value(""), output_field=TextField())
        folded = Func(raw, function="leadwell_fold", output_field=TextField())
        return {field.name: raw, f"{field.name}{texts.KEY}": Left(folded, KEY_LENGTH)}
