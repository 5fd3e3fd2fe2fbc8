"""What a field type adds for a value that comes from JSON instead of a column."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from django.db import models
from django.db.models import Field, Index, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Collate, Left
from django.db.models.lookups import IsNull

from crm.fields.conditions.field_filters import NONE, build_folded_expression
from crm.fields.custom.unique.unique_lookup import compare_as_unique
from crm.fields.model_fields import KEY_LENGTH
from crm.fields.types import texts

# The values as a query of records names them, and as a query of the table of values does.
VALUES, OWN_VALUES = "custom_values__values", "values"
# Sorts by an index of their own, or of the records (crm/fields/custom/indexes/indexed_fields.py).
BY_DEPARTMENT = ("department_id",)


def build_value_text(field: Field, values: str) -> Any:
    return KeyTextTransform(field.name, values)


def build_plain_field(field: Field) -> Field:
    """A field of the same column type, without what belongs to a form."""
    if isinstance(field, models.DecimalField):
        return models.DecimalField(max_digits=field.max_digits, decimal_places=field.decimal_places)
    return type(field)()


def build_any_value_condition(field: Field, values: list[str], found: Callable[[list[str]], Q]) -> Q:
    """The records with one of these values, by the condition that `found` makes of them, and the empty ones if chosen.

    The condition is false for an empty value: so the filter for all other values finds empty ones too.
    """
    chosen = found([value for value in values if value != NONE]) & Q(**{f"{field.name}__isnull": False})
    return chosen | Q(**{f"{field.name}__isnull": True}) if NONE in values else chosen


class CustomTypeMixin:
    """What a type adds for a value from JSON. Only quick fields have an index (crm/fields/custom/indexes/index_building.py); without one, a sort
    collects. `can_be_quick` says that an index can serve the type."""

    can_be_quick: ClassVar[bool] = True

    def build_expressions(self, field: Any) -> dict[str, Any]:
        """What a query of records computes, by name: the value as the type of a column, and what it sorts by. The value
        of a formula has its own expression."""
        if field.expression:
            return {field.name: field.expression}
        return self.build_filled_expressions(field, VALUES)

    def build_filled_expressions(self, field: Field, values: str) -> dict[str, Any]:
        """The same where a missing value is NULL, from a column with values. All functions are immutable, so an index can
        contain them."""
        return {field.name: Cast(build_value_text(field, values), build_plain_field(field))}

    def build_quick_index(self, field: Field, name: str) -> Index:
        """The index of a quick field, on the table of values. It serves filters, and sorts in both directions."""
        value = self.build_filled_expressions(field, OWN_VALUES)[self.get_sort_column(field)]  # type: ignore[attr-defined]
        return Index(value, "record_id", name=name, condition=Q(IsNull(value, False)))

    def build_same_value_condition(self, field: Field, value: Any) -> Q:
        """The records with this value."""
        return Q(**{field.name: value})

    def get_operators(self, field: Field) -> Any:
        return compare_as_unique(field, super().get_operators(field))  # type: ignore[misc]

    def get_key_column(self, field: Field) -> Any:
        return None

    def build_sort_index(self, field: Field, name: str) -> Any:
        return None

    def get_only_paths(self, field: Field) -> list[str]:
        return []

    def get_list_annotations(self, field: Field) -> dict[str, Any]:
        return {}

    def get_select_related_paths(self, field: Field) -> list[str]:
        return []

    def build_candidate_condition(self, field: Field, lookup: str, value: Any) -> Q:
        """A condition for the index that each record with an equal text meets, or with lookup "__startswith" one that
        begins with it."""
        return Q()

    def build_sort(self, field: Field) -> Any:
        found = super().build_sort(field)  # type: ignore[misc]
        return found and self.adapt_sort_to_index(field, found)

    def adapt_sort_to_index(self, field: Field, sort: Any) -> Any:
        """The sort with what its index serves."""
        if not is_quick(field):
            return replace(sort, prefixes=())
        return replace(sort, prefixes=BY_DEPARTMENT, beside=field.name)


def is_quick(field: Any) -> bool:
    """Whether the field is quick to filter and sort, and its index is ready."""
    definition = field.definition
    return definition.quick and definition.indexed and not definition.retired and not definition.deleted


class OfText(CustomTypeMixin):
    """A text is never NULL, like the texts of a model. It is found by conditions, not in "All filters"."""

    def build_filter(self, field):
        return None

    def build_expressions(self, field):
        raw = field.expression or Coalesce(
            build_value_text(field, VALUES), Value(""), output_field=TextField()
        )
        return {field.name: raw, f"{field.name}{texts.KEY}": _build_sort_key(raw)}

    def build_filled_expressions(self, field, values):
        raw = build_value_text(field, values)
        return {field.name: raw, f"{field.name}{texts.KEY}": _build_sort_key(raw)}

    def build_candidate_condition(self, field, lookup, value):
        return Q(**{f"{field.name}{texts.KEY}{lookup}": _build_sort_key(Value(value))})


def _build_sort_key(text: Any) -> Any:
    """What a text sorts by, on any server."""
    return Collate(Left(build_folded_expression(text), KEY_LENGTH), "C")
