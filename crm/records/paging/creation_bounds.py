"""What conditions say about when records were added, so that a walk by age begins where records may match, and about other times."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q

BOUNDS = ("lt", "lte", "gt", "gte")


def get_creation_condition(condition: Q, late: Collection[str]) -> Q:
    """The part of a condition that says when records were added. Those in a status since before June were also added
    before June: `late` are the columns whose time is never before that."""
    found = Q()
    if condition.negated or condition.connector != Q.AND:
        return found
    for child in condition.children:
        if isinstance(child, Q):
            found &= get_creation_condition(child, late)
        elif isinstance(child, tuple):
            column, _sign, bound = child[0].partition("__")
            if column == "created_at" and bound in BOUNDS:
                found &= Q(child)
            elif column in late and bound in ("lt", "lte"):
                found &= Q(**{f"created_at__{bound}": child[1]})
    return found


def get_upper_bounds(condition: Q, columns: Collection[str]) -> Iterator[datetime]:
    """The times up to which a condition allows one of these columns."""
    return _get_bounds(condition, columns, ("lt", "lte"))


def has_lower_bound(condition: Q, column: str) -> bool:
    """Whether a condition says from which time on it allows the column."""
    return any(_get_bounds(condition, [column], ("gt", "gte")))


def _get_bounds(condition: Q, columns: Collection[str], signs: Collection[str]) -> Iterator[datetime]:
    if condition.negated or condition.connector != Q.AND:
        return
    for child in condition.children:
        if isinstance(child, Q):
            yield from _get_bounds(child, columns, signs)
        elif isinstance(child, tuple):
            column, _sign, sign = child[0].partition("__")
            if column in columns and sign in signs and isinstance(child[1], datetime):
                yield child[1]
