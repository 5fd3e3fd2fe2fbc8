"""The fields that a list can be filtered by, as its forms offer them."""

from typing import Any

from crm.fields.conditions.periods import Period
from crm.fields.custom.values.field_registry import get_operators, has_filter
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.conditions import get_compared_fields


def get_filterable_fields(kind: Kind, user: Any) -> list[tuple[str, str]]:
    """The name and label of each field that the user can filter by: choices first, then the others, then custom fields."""
    chosen = [
        (name, str(item.label))
        for name, item in kind.filters.base_filters.items()
        if not isinstance(item, Period)
        and name not in kind.fields.CONDITIONS
        and item.is_offered_to(user, kind.model)
    ]
    custom = [field for field in kind.get_custom_fields(user) if has_filter(field) or get_operators(field)]
    return chosen + [(field.name, str(field.verbose_name)) for field in (*get_compared_fields(kind), *custom)]


def get_column_filters(kind: Kind, name: str, user) -> list[tuple[str, str]]:
    """The name and label of each field that a column shows and the user can filter by."""
    parts = [name]
    if name not in kind.computed:
        parts += kind.fields.PARTS.get(name, [])
    return [(field, label) for field, label in get_filterable_fields(kind, user) if field in parts]
