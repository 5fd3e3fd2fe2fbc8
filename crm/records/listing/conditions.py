"""Conditions on any field in the URL of a list: `company.contains=steel`. The operators come from the field's type."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import forms
from django.db.models import Field, Q

from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.field_filters import CombinableFilter
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.fields.custom.unique.taken_values import is_unique
from crm.fields.custom.values.field_registry import get_operators
from crm.fields.types.field_type import get_field_type
from crm.records.kinds.search_description import Findable


class Several(forms.Field):
    """All values of a parameter, each read by the same field: {the text in the URL: its value}."""

    widget = forms.MultipleHiddenInput

    def __init__(self, one: forms.Field) -> None:
        super().__init__(required=False)
        self.one = one

    def clean(self, value: Any) -> dict[str, Any]:
        read = {text: self.one.clean(text) for text in value or []}
        return {text: found for text, found in read.items() if found not in (None, "")}


class Condition(CombinableFilter):
    """One field compared by one operator with one value, or with several, which must all be met."""

    def __init__(self, kind: Findable, field: Field, operator: Operator) -> None:
        self.kind, self.on, self.operator = kind, field, operator
        super().__init__(label=field.verbose_name)

    @property
    def field(self):
        if not hasattr(self, "_field"):
            self._field = Several(self.operator.value())
            self._field.label = self.label
        return self._field

    @property
    def finds_few_records(self):
        return self.operator.name == "is" and is_unique(self.on)

    def build_condition(self, value):
        condition = Q()
        for one in value.values():
            condition &= self._build_candidate_condition(one) & self.operator.condition(self.on, one)
        return condition

    def build_comparison_condition(self, value):
        condition = Q()
        for one in value.values():
            condition &= self.operator.condition(self.on, one)
        return condition

    def read(self, text: str) -> Any:
        return self.field.one.clean(text)

    def _build_candidate_condition(self, value: Any) -> Q:
        """The records that the search finds by the words of the value: an index serves it, unlike a part of a column."""
        if self.operator.searched and self.on.name in self.kind.fields.SEARCH:
            return self.kind.search.build_candidate_condition(value)
        return Q()

    def describe_value(self, value: Any) -> str:
        return self.operator.words(value)

    @property
    def parameters(self) -> list[str]:
        return [f"{self.on.name}{OPERATOR_SEPARATOR}{self.operator.name}"]


@cache
def get_conditions_by_parameter(kind: Findable) -> dict[str, tuple[Field, Operator]]:
    """The fields and operators of a kind by URL parameter, in the order of its fields.CONDITIONS."""
    return {
        f"{field.name}{OPERATOR_SEPARATOR}{operator.name}": (field, operator)
        for field in get_compared_fields(kind)
        for operator in get_field_type(field).get_operators(field)
    }


def get_custom_conditions(kind: Findable, user: Any) -> dict[str, tuple[Any, Operator]]:
    """The same for its custom fields, as far as the user may see them."""
    return get_conditions_of_fields(kind.get_custom_fields(user))


def get_conditions_of_fields(fields: Iterable[Any]) -> dict[str, tuple[Any, Operator]]:
    """The same for these custom fields."""
    return {
        f"{field.name}{OPERATOR_SEPARATOR}{operator.name}": (field, operator)
        for field in fields
        for operator in get_operators(field)
    }


def parse_condition(kind: Findable, parameter: str, user: Any) -> Condition | None:
    """The condition for a URL parameter; None if it isn't one."""
    found = get_conditions_by_parameter(kind).get(parameter)
    if found is None and OPERATOR_SEPARATOR in parameter:
        found = get_custom_conditions(kind, user).get(parameter)
    return Condition(kind, *found) if found else None


def get_compared_fields(kind: Findable) -> list[Any]:
    """The fields that conditions compare, in the order of its fields.CONDITIONS."""
    return [kind.computed.get(name) or kind.model._meta.get_field(name) for name in kind.fields.CONDITIONS]
