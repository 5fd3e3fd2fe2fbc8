"""Telling values apart by what their SQL is: part of the key of a kept statement."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
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


# Take the place of the user's id and of another one in a kept statement (crm/platform/sql/compiled_querysets.py). No row has these ids.
USER, ROW = -(2**62), -(2**62) + 1


@dataclass(frozen=True)
class Reader:
    """A user as a scope sees them."""

    pk: int
    rights: frozenset[str]
    department_ids: tuple[int, ...]
    # False for whoever views pages as another user.
    sees_private: bool = True

    @classmethod
    def from_user(cls, user: Any) -> "Reader":
        rights = frozenset(user.granted_permissions) if user.is_active else frozenset()
        return cls(user.pk, rights, tuple(user.department_ids), user.sees_private)

    def has_perm(self, permission: str) -> bool:
        return permission in self.rights

    def has_perms(self, permissions: Iterable[str]) -> bool:
        return self.rights.issuperset(permissions)

    @property
    def anyone(self) -> "Reader":
        """Any user with these rights and departments."""
        return replace(self, pk=USER)


@dataclass(frozen=True)
class ValueOfRequest:
    """An id that each request brings to a kept statement."""

    pk: int
