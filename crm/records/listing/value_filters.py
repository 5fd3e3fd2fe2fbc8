"""From a value to a list: only the records with this value of a field, or those without it.

A field that is filtered by choices gets the choice (`country=RO`), any other field a condition (`city.is=Cluj`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from crm.fields.conditions.field_filters import NEGATION_SUFFIX, AnyOf
from crm.fields.conditions.operators import MAX_OPERAND_LENGTH, OPERATOR_SEPARATOR
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.fields.types.field_type import get_field_type
from crm.records.listing.conditions import get_conditions_by_parameter, get_custom_conditions
from crm.records.listing.record_list import PAGE_PARAMETERS, RecordList

# The values of a page that a column's menu offers, the most frequent first.
MOST = 8


@dataclass(frozen=True)
class ValueFilter:
    """A value in words, and the queries of the list with only this value and without it; '' where there is none."""

    label: str
    only: str
    without: str


def build_value_filters(listing: RecordList, name: str, values: Iterable[Any]) -> list[ValueFilter]:
    """For these stored values of a field, each once."""
    kind = listing.kind
    field = _get_field(listing, name)
    if field is None:
        return []
    custom = kind.has_custom(name)
    if isinstance(field.type.build_filter(field) if custom else kind.filters.base_filters.get(name), AnyOf):
        return _build_choice_filters(listing, field, values)
    if f"{name}{OPERATOR_SEPARATOR}is_not" in get_conditions_by_parameter(kind) | get_custom_conditions(
        kind, listing.viewer
    ):
        return _build_condition_filters(listing, field, values)
    return []


def build_page_value_filters(listing: RecordList, name: str, size: int) -> list[ValueFilter]:
    """For the values that the list's page shows in a column."""
    if _get_field(listing, name) is None:
        return []
    rows: Any = listing.kind.model.objects
    shown = annotate_custom_values(
        rows.visible_to(listing.viewer).filter(pk__any=listing.get_page(size).ids), [name]
    )
    return build_value_filters(listing, name, shown.order_by().values_list(name, flat=True))[:MOST]


def _get_field(listing: RecordList, name: str) -> Any:
    """The field with stored values that the viewer may see, or None."""
    known = [*listing.kind.model._meta.concrete_fields, *listing.kind.get_custom_fields(listing.viewer)]
    return next((field for field in known if field.name == name), None)


def _build_choice_filters(listing: RecordList, field: Any, values: Iterable[Any]) -> list[ValueFilter]:
    nothing = listing.kind.model.objects.none()
    asked = listing.kind.filters(
        listing.data, nothing, user=listing.viewer, kind=listing.kind, asked=[field.name]
    )
    labels = {str(value): str(label) for value, label in asked.form.fields[field.name].choices}
    choices = Counter(choice for value in values for choice in get_field_type(field).get_filter_values(value))
    return [
        ValueFilter(
            labels[choice],
            _build_single_choice_query(listing, field.name, choice),
            _build_query_without(listing, field.name, choice),
        )
        for choice, _count in choices.most_common()
        if choice in labels
    ]


def _build_single_choice_query(listing: RecordList, name: str, choice: str) -> str:
    return _build_query(listing, {name: [choice], f"{name}{NEGATION_SUFFIX}": []})


def _build_query_without(listing: RecordList, name: str, choice: str) -> str:
    """If the list has only some choices, without one of them; '' if it isn't one of them, such as Bob in "my department"."""
    chosen, negated = listing.data.getlist(name), listing.data.get(f"{name}{NEGATION_SUFFIX}") == "on"
    if chosen and not negated:
        rest = [other for other in chosen if other != choice]
        return _build_query(listing, {name: rest}) if rest and choice in chosen else ""
    return _build_query(
        listing, {name: list(dict.fromkeys([*chosen, choice])), f"{name}{NEGATION_SUFFIX}": ["on"]}
    )


def _build_condition_filters(listing: RecordList, field: Any, values: Iterable[Any]) -> list[ValueFilter]:
    texts = Counter(str(value).strip() for value in values if len(str(value)) <= MAX_OPERAND_LENGTH)
    found = []
    for text, _count in texts.most_common():
        if text:
            same, other = f"{field.name}{OPERATOR_SEPARATOR}is", f"{field.name}{OPERATOR_SEPARATOR}is_not"
            others = list(dict.fromkeys([*listing.data.getlist(other), text]))
            found.append(
                ValueFilter(
                    text, _build_query(listing, {same: [text]}), _build_query(listing, {other: others})
                )
            )
    return found


def _build_query(listing: RecordList, changes: dict[str, list[str]]) -> str:
    data: QueryDict = listing.data.copy()
    for name in PAGE_PARAMETERS:
        data.pop(name, None)
    for name, values in changes.items():
        data.pop(name, None)
        if values:
            data.setlist(name, values)
    return data.urlencode()
