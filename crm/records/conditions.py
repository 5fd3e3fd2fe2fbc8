"""Conditions on any field in the URL of a list: `company.contains=steel`. The operators come from the field's type."""

from functools import cache
from typing import Any

import django_filters
from django.db.models import Field, Q

from crm.fields.filters import Period
from crm.fields.operators import OF, Operator
from crm.fields.type import type_of
from crm.records.kinds import Kind


class Condition(django_filters.Filter):
    """One field compared with one value by one operator. Without a value, it doesn't filter."""

    def __init__(self, kind: Kind, field: Field, operator: Operator) -> None:
        self.kind, self.on, self.operator = kind, field, operator
        super().__init__(label=field.verbose_name)

    @property
    def field(self):
        if not hasattr(self, "_field"):
            self._field = self.operator.value()
            self._field.label = self.label
        return self._field

    def filter(self, qs, value):
        if value in (None, ""):
            return qs
        return qs.filter(self._candidates(value) & self.operator.condition(self.on, value))

    def _candidates(self, value: Any) -> Q:
        """The records that the search finds by the words of the value: an index serves it, unlike a part of a column."""
        if self.operator.searched and self.on.name in self.kind.fields.SEARCH:
            return self.kind.search.candidates(value)
        return Q()

    def words(self, value: Any) -> str:
        return self.operator.words(value)

    @property
    def parameters(self) -> list[str]:
        return [f"{self.on.name}{OF}{self.operator.name}"]


@cache
def conditions_of(kind: Kind) -> dict[str, tuple[Field, Operator]]:
    """The fields and operators of a kind by URL parameter, in the order of its fields.CONDITIONS."""
    return {
        f"{field.name}{OF}{operator.name}": (field, operator)
        for field in _compared(kind)
        for operator in type_of(field).operators(field)
    }


def custom_conditions(kind: Kind, user: Any) -> dict[str, tuple[Any, Operator]]:
    """The same for its custom fields, as far as the user may see them."""
    return {
        f"{field.name}{OF}{operator.name}": (field, operator)
        for field in kind.custom(user)
        for operator in field.type.operators(field)
    }


def condition(kind: Kind, parameter: str, user: Any) -> Condition | None:
    """The condition for a URL parameter; None if it isn't one."""
    found = conditions_of(kind).get(parameter)
    if found is None and OF in parameter:
        found = custom_conditions(kind, user).get(parameter)
    return Condition(kind, *found) if found else None


def fields_to_filter(kind: Kind, user: Any) -> list[tuple[str, str]]:
    """The name and label of each field that one can filter by: choices first, then the others, then custom fields."""
    chosen = [
        (name, str(item.label))
        for name, item in kind.filters.base_filters.items()
        if not isinstance(item, Period) and name not in kind.fields.CONDITIONS
    ]
    custom = [field for field in kind.custom(user) if field.type.filter(field) or field.type.operators(field)]
    return chosen + [(field.name, str(field.verbose_name)) for field in (*_compared(kind), *custom)]


def _compared(kind: Kind) -> list[Any]:
    return [kind.model._meta.get_field(name) for name in kind.fields.CONDITIONS]
