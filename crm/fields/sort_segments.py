"""What a page consists of: sorts and their segments, slices of a user's scope, and the rows found."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

NEWEST_FIRST = ("-created_at", "-id")
# Nearly the same, from an index that only knows the id.
LAST_FIRST = ("-id", "-id")


@dataclass(frozen=True)
class Segment:
    """Some rows in one order. `name` identifies it in cursors; `order` is two columns, both ascending or both descending.

    `column` and `value`, if set, say that the condition is only `column = value`. `indexed` says that the index contains
    only rows that meet the condition. `gap` is a value of the first column, as an expression, at which no row is visible
    yet: a walk skips it. `beside` is the custom field whose index gives this order (crm/fields/custom/indexes/index_building.py), and `also` are
    conditions on custom fields, by field, that a walk along it checks before it looks at the record.
    """

    name: str
    condition: Q
    order: tuple[str, str]
    column: str = ""
    value: Any = None
    indexed: bool = True
    gap: Any = None
    beside: str = ""
    also: tuple[tuple[str, Q], ...] = ()

    def build_reversed(self) -> "Segment":
        first, second = (name[1:] if name.startswith("-") else f"-{name}" for name in self.order)
        return replace(self, order=(first, second))

    @property
    def index_condition(self) -> Q:
        """The part of the condition that the index answers."""
        return self.condition if self.indexed else Q()

    @property
    def other_condition(self) -> Q:
        return Q() if self.indexed else self.condition

    @property
    def side_conditions(self) -> list[Q]:
        """What is walked: everything, or what is above and below the gap."""
        if self.gap is None:
            return [Q()]
        column = self.columns[0]
        return [Q(**{f"{column}__gt": self.gap}), Q(**{f"{column}__lt": self.gap})]

    @property
    def columns(self) -> list[str]:
        return [name.lstrip("-") for name in self.order]

    @property
    def descending(self) -> bool:
        return self.order[0].startswith("-")


class Sort:
    """A named order of rows. `prefixes` are the columns that an index in this order starts with; '' if it needs none."""

    prefixes: tuple[str, ...]

    def build_segments(self, *, descending: bool) -> list[Segment]:
        raise NotImplementedError


@dataclass(frozen=True)
class ColumnSort(Sort):
    """By a column; rows that meet `empty` come last in both directions, newest first."""

    column: str
    empty: Q | None = None
    prefixes: tuple[str, ...] = ("department_id",)
    gap: Any = None
    beside: str = ""

    def build_segments(self, *, descending):
        sign = "-" if descending else ""
        order = (f"{sign}{self.column}", f"{sign}id")
        if self.empty is None:
            return [Segment("all", Q(), order, gap=self.gap)]
        return [
            Segment("filled", ~self.empty, order, beside=self.beside),
            Segment("empty", self.empty, NEWEST_FIRST, indexed=False),
        ]


@dataclass(frozen=True)
class PartsSort(Sort):
    """By a condition, such as VIP first; each part shows the newest first. `indexed` are those with their own index."""

    parts: tuple[tuple[str, Q], ...]
    prefixes: tuple[str, ...] = ("department_id",)
    indexed: tuple[str, ...] = ()

    def build_segments(self, *, descending):
        parts = [
            Segment(name, condition, NEWEST_FIRST, indexed=name in self.indexed)
            for name, condition in self.parts
        ]
        return parts[::-1] if descending else parts


@dataclass(frozen=True)
class ValueSort(Sort):
    """By the order of a small table: `values` are its keys in ascending order; rows without a value come last. `order` is
    that of the rows with one value."""

    column: str
    values: tuple[Any, ...]
    empty: Q | None = None
    prefixes: tuple[str, ...] = ("department_id",)
    order: tuple[str, str] = NEWEST_FIRST
    beside: str = ""

    def build_segments(self, *, descending):
        values = self.values[::-1] if descending else self.values
        found = [
            Segment(str(value), Q(**{self.column: value}), self.order, self.column, value, beside=self.beside)
            for value in values
        ]
        return (
            found
            if self.empty is None
            else [*found, Segment("empty", self.empty, NEWEST_FIRST, indexed=False)]
        )


@dataclass(frozen=True)
class Slice:
    """Rows that meet a condition and, if a leading column is named, have one of these values in it.

    `beside` is a part of the condition that the index answers too, such as the owner after the department. `index` is the
    part of it that all requested rows meet anyway: if it is stated twice, the planner takes the rows for rarer. `but` is a
    column and a value: the rows with this value are in other slices too.
    """

    condition: Q
    column: str = ""
    values: tuple[Any, ...] = ()
    beside: Q = field(default_factory=Q)
    index: Q = field(default_factory=Q)
    but: tuple[str, Any] | None = None

    def with_index(self, condition: Q) -> "Slice":
        """The same slice, if all requested rows also meet a condition that the index answers."""
        return replace(self, index=self.index & condition)

    def split_by_addition_time(self, latest: datetime, before_added: Q, present: Q) -> "list[Slice]":
        """The same for records in which something happened until `latest`: those added until then, and those added later,
        of which few meet a condition that an index serves. The planner takes them for many, so no other index may be an
        alternative."""
        until, later = Q(created_at__lte=latest), before_added & Q(created_at__gt=latest)
        if self.column:
            few = Slice(self.condition & self.beside, self.column, self.values, later, present)
        else:
            few = replace(self, beside=self.beside & later, index=present)
        return [self.with_index(until), few]

    @property
    def is_answered_by_index(self) -> bool:
        """Whether the index answers all of it: every row that it gives is in the slice, and present."""
        return bool(self.index) and not self.condition

    @property
    def whole_condition(self) -> Q:
        condition = self.beside & self.condition
        return Q(**{f"{self.column}__in": self.values}) & condition if self.column else condition


@dataclass(frozen=True)
class PageRow:
    """A row of a page: its segment and the values of the two columns that order it."""

    segment: Segment
    first: Any
    second: Any
    id: int


def merge_rows_in_order(rows: list[PageRow], segment: Segment, size: int) -> list[PageRow]:
    """Rows of several slices in one order, without duplicates."""
    once = {row.id: row for row in rows}
    return sorted(once.values(), key=lambda row: (row.first, row.second), reverse=segment.descending)[:size]
