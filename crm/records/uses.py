"""What else uses a record, such as assignment rules: named on the page that deletes, retires or deactivates the record.

Saved views are not among it (rewritten_views.py); the pages that need them ask for them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Uses:
    """`sentence` says how many use the record and what happens to them, without its full stop. `rows` are their names, each with its URL or '', as
    far as the viewer may see them. With `refuses`, the record has to stay until they are changed."""

    sentence: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    refuses: bool = False


@dataclass(frozen=True)
class Requirement:
    """A planned change: new records of a type need a value in a field, in these departments (none are all). With a `status`,
    only those that enter it; with a `pipeline`, only those that start in its default status because none was chosen for them. A
    field that isn't saved yet has no name."""

    table: str
    name: str
    label: str
    departments: tuple[int, ...] = ()
    status: int | None = None
    pipeline: int | None = None


@dataclass(frozen=True)
class Retirement:
    """A planned change: this status or custom field is no longer offered."""

    of: Any


# An app adds its own: called with the record (or with a planned change of it) and the viewer.
FINDERS: list[Callable[[Any, Any], list[Uses]]] = []


def uses_of(record: Any, viewer: Any) -> list[Uses]:
    return [uses for found in FINDERS for uses in found(record, viewer)]
