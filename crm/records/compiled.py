"""Statements that are compiled once: Django takes longer to write the SQL of a page than PostgreSQL takes to run it.

A statement is known by everything it was built from, values included: the function that builds it, its arguments, and
the conditions of its queryset. So equal keys mean the same SQL with the same parameters, whoever asks. Only a `Place`
gets its value from each request. A queryset that consists of more than conditions on its own columns is compiled anew.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Any

from django.db.models import Lookup, QuerySet
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.where import WhereNode

Statement = tuple[str, list[Any]]
# About 5 MB. If there are more, all are compiled again.
MOST = 1_000
PLAIN = (str, int, bool, float, Decimal, date, type(None))

# Attributes of a query that its key covers, or that only count the uses of its one table; the others must be empty.
TOLD = {
    "model",
    "where",
    "default_ordering",
    "alias_map",
    "alias_refcount",
    "table_map",
    "used_aliases",
    "base_table",
    "_lookup_joins",
}
EMPTY = vars(Query(None))

_kept: dict[Hashable, Statement] = {}


@dataclass(frozen=True)
class Place:
    """A parameter that each request brings: one of the values of the walk with this number."""

    walk: int
    value: int


class Unknown(Exception):
    """This queryset can't be told from others."""


def compiled_once(build: Callable[..., Statement]) -> Callable[..., Statement]:
    """Keep the statements of `build(rows, …)`, by the queryset and all other arguments."""

    @wraps(build)
    def statement(rows: QuerySet, *arguments: Any) -> Statement:
        try:
            key = (build.__name__, known_by(rows), arguments)
            found = _kept.get(key)
        except (Unknown, TypeError):
            return build(rows, *arguments)
        if found is None:
            found = build(rows, *arguments)
            if len(_kept) >= MOST:
                _kept.clear()
            _kept[key] = found
        return found

    return statement


def with_places(parameters: Sequence[Any], places: Sequence[Sequence[Any]]) -> list[Any]:
    """The parameters, with the values of each walk's place."""
    return [places[value.walk][value.value] if isinstance(value, Place) else value for value in parameters]


def forget() -> None:
    """Compile everything again."""
    _kept.clear()


def known_by(rows: QuerySet) -> Hashable:
    """What the SQL of a queryset depends on. Raises Unknown if it may be more than conditions on its own columns."""
    query: Any = rows.query
    for name, value in vars(query).items():
        if name not in TOLD and value != EMPTY.get(name, getattr(Query, name, EMPTY)):
            raise Unknown
    joined = (table for alias, table in query.alias_map.items() if query.alias_refcount[alias])
    if any(type(table) is not BaseTable for table in joined):
        raise Unknown
    return query.model, query.default_ordering, _conditions(query.where)


def _conditions(node: WhereNode) -> Hashable:
    return node.connector, node.negated, tuple(map(_condition, node.children))


def _condition(node: Any) -> Hashable:
    if type(node) is WhereNode:
        return _conditions(node)
    if not isinstance(node, Lookup) or type(node.lhs) is not Col:
        raise Unknown
    return type(node), node.lhs.alias, node.lhs.target.column, known_value(node.rhs)


def known_value(value: Any) -> Hashable:
    """A value with its type: 1, True and 1.0 are equal, but not the same SQL."""
    if isinstance(value, list | tuple):
        return type(value), tuple(map(known_value, value))
    if not isinstance(value, PLAIN):
        raise Unknown
    return type(value), value
