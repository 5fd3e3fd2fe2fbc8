"""Statements that are compiled once: Django takes longer to write the SQL of a page than PostgreSQL takes to run it.

A statement is known by everything it was built from, values included: the function that builds it, its arguments, and
the conditions of its queryset. So equal keys mean the same SQL with the same parameters, whoever asks. Only a `Place`
and the text of a search get their values from each request. A queryset that consists of more than conditions on its own columns and on stored values
of custom fields is compiled anew.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import Exists, Lookup, QuerySet
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.where import WhereNode

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.sort_segments import Segment
from crm.platform.sql.cache_keys import UnknownKey, get_typed_value

Statement = tuple[str, list[Any]]
# About 5 MB. If there are more, all are compiled again.
MOST = 1_000

# Attributes of a query that its key covers, or that only name its subqueries and count the uses of its one table; the others
# must be empty.
TOLD = {
    "model",
    "where",
    "default_ordering",
    "alias_map",
    "alias_refcount",
    "table_map",
    "used_aliases",
    "subq_aliases",
    "base_table",
    "_lookup_joins",
}
# The same for a query with custom values (crm/fields/custom/values/stored_values.py): `custom_fields` are part of its key, and no other
# annotations are accepted.
TOLD_WITH_FIELDS = {"custom_fields", "annotations", "_annotation_select_cache"}
EMPTY = vars(Query(None))

_kept: dict[Hashable, Statement] = {}


@dataclass(frozen=True)
class WalkParameter:
    """A parameter that each request brings: one of the values of the walk with this number."""

    walk: int
    value: int


class SearchedText(str):
    """The text of a search, told from other parameters."""

    __slots__ = ()


class HoldsText(Exists):
    """Whether the search words of a record hold this text. Its SQL depends on nothing but the table of words, so `rows` have
    no other conditions than that and the record."""

    def __init__(self, rows: QuerySet, text: SearchedText) -> None:
        super().__init__(rows)
        self.describe_value, self.text = rows.model, text


def compile_once(build: Callable[..., Statement]) -> Callable[..., Statement]:
    """Keep the statements of `build(rows, …)`, by the queryset and all other arguments."""

    @wraps(build)
    def get_statement(rows: QuerySet, *arguments: Any) -> Statement:
        try:
            key = (
                build.__name__,
                get_queryset_key(rows),
                arguments,
                _build_custom_fields_key(rows.model, arguments),
            )
            texts = _find_searched_texts(rows.query.where)
            found = _kept.get(key)
        except (UnknownKey, TypeError):
            return build(rows, *arguments)
        if found is None:
            found = build(rows, *arguments)
            if len(_kept) >= MOST:
                _kept.clear()
            _kept[key] = found
        return _replace_searched_text(found, *texts) if texts else found

    return get_statement


def _find_searched_texts(node: WhereNode) -> set[SearchedText]:
    """The text of the search in these conditions. Raises Unknown if there are several."""
    found: set[SearchedText] = set()
    for child in node.children:
        compared = getattr(child, "lhs", None)
        if isinstance(child, WhereNode):
            found |= _find_searched_texts(child)
        elif isinstance(compared, HoldsText):
            found.add(compared.text)
    if len(found) > 1:
        raise UnknownKey
    return found


def _replace_searched_text(statement: Statement, text: SearchedText) -> Statement:
    sql, parameters = statement
    return sql, [str(text) if isinstance(value, SearchedText) else value for value in parameters]


def insert_walk_places(parameters: Sequence[Any], places: Sequence[Sequence[Any]]) -> list[Any]:
    """The parameters, with the values of each walk's place."""
    return [
        places[value.walk][value.value] if isinstance(value, WalkParameter) else value for value in parameters
    ]


def forget_compiled_statements() -> None:
    """Compile everything again."""
    _kept.clear()


def get_queryset_key(rows: QuerySet) -> Hashable:
    """What the SQL of a queryset depends on. Raises Unknown if it may be more than conditions on its own columns and on
    stored values of custom fields."""
    query: Any = rows.query
    fields = getattr(query, "custom_fields", ())
    told = TOLD | TOLD_WITH_FIELDS if fields else TOLD
    for name, value in vars(query).items():
        if name not in told and value != EMPTY.get(name, getattr(Query, name, EMPTY)):
            raise UnknownKey
    own = {name for field in fields if not field.expression for name in field.type.build_expressions(field)}
    if not own.issuperset(query.annotations):
        raise UnknownKey
    used = [table for alias, table in query.alias_map.items() if query.alias_refcount[alias]]
    joined = tuple(_build_join_key(table, rows.model) for table in used if type(table) is not BaseTable)
    values = {id(value): name for name, value in query.annotations.items()}
    return query.model, query.default_ordering, fields, joined, _build_conditions_key(query.where, values)


def _build_join_key(table: Any, model: Any) -> Hashable:
    """The join to the table of custom values."""
    relation = getattr(model, "custom_values", None)
    own = relation is not None and table.table_name == relation.related.related_model._meta.db_table
    if type(table) is not Join or not own or table.filtered_relation is not None:
        raise UnknownKey
    return table.table_alias, table.parent_alias, table.join_type


def _build_custom_fields_key(model: Any, arguments: Sequence[Any]) -> Hashable:
    """The custom fields whose indexes a segment names."""
    names = [
        name
        for segment in arguments
        if isinstance(segment, Segment) and segment.beside
        for name in (segment.beside, *(name for name, _condition in segment.also))
    ]
    return tuple(get_custom_field(model.table, name) for name in names)


def _build_conditions_key(node: WhereNode, values: Mapping[int, str]) -> Hashable:
    return node.connector, node.negated, tuple(_build_condition_key(child, values) for child in node.children)


def _build_condition_key(node: Any, values: Mapping[int, str]) -> Hashable:
    """`values` are the names of custom values, by the identity of their expressions."""
    if type(node) is WhereNode:
        return _build_conditions_key(node, values)
    if not isinstance(node, Lookup):
        raise UnknownKey
    if isinstance(node.lhs, HoldsText) and node.rhs is True:
        return HoldsText, node.lhs.describe_value
    if id(node.lhs) in values:
        return type(node), values[id(node.lhs)], get_typed_value(node.rhs)
    if type(node.lhs) is not Col:
        raise UnknownKey
    return type(node), node.lhs.alias, node.lhs.target.column, get_typed_value(node.rhs)
