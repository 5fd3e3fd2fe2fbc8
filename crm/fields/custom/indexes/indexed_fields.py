"""Quick custom fields: an index on the table of values finds records by their values and gives them in order.

A list asks the index for the records that meet all its conditions on quick fields, as it asks the search table for those
with a word. If they are few, it knows their ids. If they are many, it finds a page of them by walking along its order.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model, Q, QuerySet

from crm.fields.conditions.field_filters import NONE, AnyOf
from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.json_types import OWN_VALUES, is_quick
from crm.fields.custom.values.stored_values import get_values_model
from crm.fields.models.custom_field import is_key
from crm.platform.sql.expressions import estimate_rows

# Up to FEW records are looked up at once. Of more, a walk along the order of the list finds a page; if it doesn't, up to
# MANY are looked up and sorted.
MOST_LOOKED_UP_RECORDS = 4_000
MANY = 24_000
# If the planner expects more than this, FEW aren't looked up at all.
CERTAINLY_MORE = 16_000
# The operators that the index serves. Most records meet "is not", and no index knows a record without values.
INDEXED_OPERATORS = {"is", "starts", "between", "above", "below", "before", "after", "since", "in", "filled"}


def build_index_condition(table: str, name: str, item: Any, value: Any) -> Q | None:
    """The condition of a filter of a list on the table of values; None if no index serves it."""
    field = get_custom_field(table, name) if is_key(name) else None
    if field is None or not is_quick(field):
        return None
    if isinstance(item, AnyOf):
        chosen = NONE not in value and not item.negated
        return item.build_condition(value) if chosen else None
    if item.operator.name not in INDEXED_OPERATORS:
        return None
    return _build_comparison(field, item.operator, value.values())


def _build_comparison(field: Any, operator: Any, values: Iterable[Any]) -> Q:
    if operator.name == "filled":
        return Q(**{f"{field.type.get_sort_column(field)}__isnull": False})
    condition = Q()
    for one in values:
        lookup = "__startswith" if operator.name == "starts" else ""
        condition &= field.type.build_candidate_condition(field, lookup, one) & operator.condition(field, one)
    return condition


def get_matching_ids(model: type[Model], conditions: dict[str, Q], most: int = 0) -> list[int] | None:
    """The ids of all records that meet these conditions on quick fields, by field; None if there are more than FEW, or
    more than `most`."""
    most = most or MOST_LOOKED_UP_RECORDS
    rows = (
        indexed_values_queryset(model, *conditions)
        .filter(*conditions.values())
        .values_list("record_id", flat=True)
    )
    if most == MOST_LOOKED_UP_RECORDS and estimate_rows(rows) > CERTAINLY_MORE:
        return None
    found = list(rows[: most + 1])
    return found if len(found) <= most else None


def indexed_values_queryset(model: type[Model], *names: str) -> QuerySet:
    """The table of custom values of a record type, with the values of these fields as their indexes have them."""
    rows = get_values_model(model)._default_manager.order_by()
    for name in names:
        field = get_custom_field(model.table, name)  # type: ignore[attr-defined]
        rows = rows.annotate(**field.type.build_filled_expressions(field, OWN_VALUES))
    return rows


def get_index_type(model: type[Model], name: str) -> str:
    """The SQL type of the values in the index of a custom field."""
    field = get_custom_field(model.table, name)  # type: ignore[attr-defined]
    found = field.type.build_filled_expressions(field, OWN_VALUES)[field.name].output_field
    return str(found.db_type(connection)).partition("(")[0]
