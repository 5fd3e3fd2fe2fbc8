"""Which conditions follow from the row of a record and its custom values alone, whatever day it is and whatever other records say."""

from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, Lookup, Q, Subquery

from crm.fields.conditions.age_conditions import Age
from crm.fields.conditions.periods import PERIODS, Period
from crm.fields.custom.values.field_registry import get_custom_field, is_computed
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.conditions import Condition
from crm.records.listing.filters import FilterSet


def describe_other_conditions(filters: FilterSet, kind: Kind, columns: Collection[str]) -> list[str]:
    """In words, the conditions that don't follow from these columns of the record and its custom values alone."""
    found: list[str] = []
    for one in (filters, *filters.alternatives):
        for name, item, value in one.active:
            if counts_from_today(item, value) or not _compares_only(kind, item, value, columns):
                found += _describe(one, name)
    return found


def _compares_only(kind: Kind, item: Any, value: Any, columns: Collection[str]) -> bool:
    """What can't be read compares nothing: no record meets it (stored_conditions.py), whatever it names."""
    try:
        return compares_only(kind, item.build_comparison_condition(value), columns)
    except ValidationError:
        return True


def _describe(filters: FilterSet, name: str) -> list[str]:
    return [str(chip) for chip in filters.build_chips() if chip.name == name and not chip.either]


def counts_from_today(item: Any, value: Any) -> bool:
    """Whether a condition is about a span of time that ends today, such as the last 7 days."""
    if isinstance(item, Period):
        return value in PERIODS and value != "none"
    if not isinstance(item, Condition):
        return False
    return item.operator.asks == "period" or isinstance(item.on, Age)


def compares_only(kind: Kind, condition: Q, columns: Collection[str]) -> bool:
    """Whether a condition compares only these columns of the record, and values of its custom fields."""
    names = {field.name: field.column for field in kind.model._meta.local_concrete_fields}
    for part in _iterate_parts(condition):
        if isinstance(part, (Exists, Subquery)):
            return False
        if isinstance(part, str):
            name = kind.model._meta.pk.name if part == "pk" else part.partition("__")[0]
            if names.get(name, name) not in columns and not _is_stored_custom_field(kind, part):
                return False
    return True


def _iterate_parts(condition: Any) -> Iterator[Any]:
    """The names of what it compares, and its expressions."""
    if isinstance(condition, Q):
        for child in condition.children:
            yield from _iterate_parts(child)
    elif isinstance(condition, tuple):
        yield condition[0]
        yield from _iterate_parts(condition[1])
    elif isinstance(condition, F):
        yield str(getattr(condition, "name", ""))
    elif isinstance(condition, (Exists, Subquery)):
        yield condition
    elif isinstance(condition, Lookup) or hasattr(condition, "get_source_expressions"):
        for part in condition.get_source_expressions():
            yield from _iterate_parts(part)


def _is_stored_custom_field(kind: Kind, name: str) -> bool:
    field = get_custom_field(kind.name, name.partition("__")[0])
    return field is not None and not is_computed(field)
