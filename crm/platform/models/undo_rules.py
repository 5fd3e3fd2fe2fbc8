"""What an undo does with the rows of a model: each recorded model declares it, as `undo = UndoRules(…)`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, runtime_checkable

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q

from crm.platform.models.operation import Operation


class Guard(NamedTuple):
    """A reason why an undo doesn't revert a column, and the SQL of when it applies to the row `t`. In braces, it may use the names
    that crm/records/history/undo/reversal_sql.py gives it: {old} is the value to revert to."""

    reason: str
    condition: str


class UndoOutcome(Protocol):
    """What an undo reverted and kept (crm/records/history/undo/undo_result.py): IDs by table, what it kept by reason too."""

    back: dict[str, list[int]]
    kept: dict[str, dict[str, list[int]]]


@dataclass(frozen=True, kw_only=True)
class UndoRules:
    """Without a rule, an undo reverts each column that still has the value that the operation wrote, in the rows that the user
    may change. Columns are those of the table: "owner_id".

    after_records  whether the rows belong to records of other types, so that an undo brings those back first
    together       columns that are reverted with another one or not at all: {"status_since": "status_id"}
    guards         why a column isn't reverted although no one has changed it: one reason or several
    follows        columns that follow from the rows of another table: if the operation changed those too, they say what was
                   kept: {"next_action": "task"}
    leaves         columns that triggers write after the rows of another table: if the operation changed those too, an undo
                   doesn't revert the columns
    unreported     columns that no one reads, so the undo doesn't say that it kept them
    locks          what to wait for before rows are locked, if the operation changed the column
    restorable_by  the rows deleted permanently that a user may bring back; without it, those that the user may change
    finish         called within each undo when all rows are reverted, with the operation that is undone
    """

    after_records: bool = False
    together: Mapping[str, str] = field(default_factory=dict)
    guards: Mapping[str, Guard | tuple[Guard, ...]] = field(default_factory=dict)
    follows: Mapping[str, str] = field(default_factory=dict)
    leaves: Mapping[str, str] = field(default_factory=dict)
    unreported: tuple[str, ...] = ()
    locks: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    restorable_by: Callable[[Any], Q] | None = None
    finish: Callable[[Operation, UndoOutcome], None] | None = None

    @property
    def columns(self) -> set[str]:
        """All columns that the rules name."""
        by_column = (self.together, self.guards, self.follows, self.leaves, self.locks)
        return {*self.unreported, *self.together.values()}.union(*by_column)

    def get_guards(self, column: str) -> tuple[Guard, ...]:
        found = self.guards.get(column, ())
        return (found,) if isinstance(found, Guard) else found


@runtime_checkable
class ChangeableRows(Protocol):
    """The queryset of a model whose rows not everyone may change who may change some."""

    def changeable_by(self, user: Any) -> models.QuerySet: ...


@runtime_checkable
class RemovesUndoneCreations(Protocol):
    """What the querysets of recorded models do."""

    def remove_undone_creations(self) -> list[int]:
        """Remove or retire the rows that an undone operation added, or move them to Trash, except those in use by now.
        Returns their IDs."""


def get_undo_rules(model: type[models.Model]) -> UndoRules:
    """The rules of a recorded model. Each declares its own, because a misspelt name would leave it with those of its parent.
    Raises ImproperlyConfigured without any."""
    rules = vars(model).get("undo")
    if not isinstance(rules, UndoRules):
        raise ImproperlyConfigured(f"{model.__name__} is recorded. Declare `undo = UndoRules(…)` in it.")
    return rules


def check_undo_rules(model: type[models.Model]) -> None:
    """Raises ImproperlyConfigured if a recorded model doesn't say how its changes are undone, or says it about columns that
    it doesn't have."""
    for problem in _find_problems(model):
        raise ImproperlyConfigured(f"{model.__name__} can't be undone: {problem}.")


def _find_problems(model: type[models.Model]) -> Iterator[str]:
    columns = {field.column for field in model._meta.local_concrete_fields}
    if unknown := get_undo_rules(model).columns - columns:
        yield f"there are no columns {', '.join(sorted(unknown))}"
    if not isinstance(model._default_manager.all(), RemovesUndoneCreations):
        yield "its queryset has no remove_undone_creations()"
