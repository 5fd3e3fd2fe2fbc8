"""What is always the same for a custom field, read once for each state of the definitions.

A list would otherwise make the filters, operators and sorts of all fields to know the names that a URL may contain.
"""

from collections.abc import Callable
from typing import Any


def has_filter(field: Any) -> bool:
    """Whether it is filtered by choices or periods."""
    return _get_cached(field, "has_filter", lambda: field.type.filter(field) is not None)


def is_sorted(field: Any) -> bool:
    """Whether a list can be sorted by it."""
    return _get_cached(field, "is_sorted", lambda: field.type.sort(field) is not None)


def get_operators(field: Any) -> list[Any]:
    """The operators of its conditions."""
    return _get_cached(field, "operators", lambda: list(field.type.operators(field)))


def _get_cached(field: Any, name: str, read: Callable[[], Any]) -> Any:
    if name not in field.kept:
        field.kept[name] = read()
    return field.kept[name]
