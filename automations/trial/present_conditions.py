"""Which conditions a trial can only judge by today's values: what no change of the record itself tells, and what counts from today."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, Lookup, Q, Subquery

from automations.models import Automation
from automations.trial.past_records import get_derived_sql
from crm.fields.conditions.age_conditions import Age
from crm.fields.conditions.periods import PERIODS, Period
from crm.fields.custom.values.field_registry import get_custom_field, is_computed
from crm.platform.sql.change_triggers import get_recorded_columns
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.conditions import Condition
from crm.records.listing.filters import FilterSet


def describe_present_conditions(automation: Automation, viewer: Any) -> list[str]:
    """These conditions in words, as far as the viewer may see their fields."""
    kind = KINDS[automation.table_of]
    nothing: Any = kind.model._default_manager.none()
    filters = kind.filters(automation.parameters, nothing, user=viewer, kind=kind)
    found = []
    for one in (filters, *filters.alternatives):
        for name, item, value in one.active:
            if counts_from_today(item, value) or not is_recorded(
                kind, item.build_comparison_condition(value)
            ):
                found += _describe(one, name)
    return found


def _describe(filters: FilterSet, name: str) -> list[str]:
    return [str(chip) for chip in filters.build_chips() if chip.name == name and not chip.either]


def counts_from_today(item: Any, value: Any) -> bool:
    """Whether a condition is about a span of time that ends today, such as the last 7 days."""
    if isinstance(item, Period):
        return value in PERIODS and value != "none"
    if not isinstance(item, Condition):
        return False
    return item.operator.asks == "period" or isinstance(item.on, Age)


def is_recorded(kind: Kind, condition: Q) -> bool:
    """Whether a condition compares only what changes of a record tell: its own columns, and values of its custom fields."""
    names = {field.name: field.column for field in kind.model._meta.local_concrete_fields}
    own = [*get_recorded_columns(kind.model), *get_derived_sql(kind.model)]
    recorded = {*own, kind.model._meta.pk.column}
    for part in _iterate_parts(condition):
        if isinstance(part, (Exists, Subquery)):
            return False
        if isinstance(part, str):
            name = kind.model._meta.pk.name if part == "pk" else part.partition("__")[0]
            if names.get(name, name) not in recorded and not _is_stored_custom_field(kind, part):
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
