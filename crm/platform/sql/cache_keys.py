"""Telling values apart by what their SQL is: part of the key of a kept statement."""

from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from typing import Any

# Ids that were looked up are hardly ever the same again.
MOST_VALUES = 100
PLAIN = (str, int, bool, float, Decimal, date, type(None))


class UnknownKey(Exception):
    """This value or queryset can't be told from others."""


def get_typed_value(value: Any) -> Hashable:
    """A value with its type: 1, True and 1.0 are equal, but not the same SQL."""
    if isinstance(value, list | tuple):
        if len(value) > MOST_VALUES:
            raise UnknownKey
        return type(value), tuple(map(get_typed_value, value))
    if not isinstance(value, PLAIN):
        raise UnknownKey
    return type(value), value
