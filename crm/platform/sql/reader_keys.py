"""What the SQL of the rows that a user sees depends on: equal for users with equal rights, who share kept statements.

Scopes (crm/fields/scope.py) take a reader in place of its user: both say which permissions and departments they have.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

# Take the place of the user's id and of another one in a kept statement (crm/platform/sql/compiled_querysets.py). No row has these ids.
USER, ROW = -(2**62), -(2**62) + 1


@dataclass(frozen=True)
class Reader:
    """A user as a scope sees them."""

    pk: int
    rights: frozenset[str]
    department_ids: tuple[int, ...]

    @classmethod
    def of(cls, user: Any) -> "Reader":
        rights = frozenset(user.granted_permissions) if user.is_active else frozenset()
        return cls(user.pk, rights, tuple(user.department_ids))

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
