"""What a page is made of: segments of a sort, slices of what a user may see, and the rows that were found."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q


@dataclass(frozen=True)
class Segment:
    """Some rows in one order. `name` stands for it in cursors; `order` is two columns, both up or both down.

    `column` and `value`, if set, say that the condition is only `column = value`.
    """

    name: str
    condition: Q
    order: tuple[str, str]
    column: str = ""
    value: Any = None

    def reversed(self) -> "Segment":
        first, second = (name[1:] if name.startswith("-") else f"-{name}" for name in self.order)
        return replace(self, order=(first, second))

    @property
    def columns(self) -> list[str]:
        return [name.lstrip("-") for name in self.order]

    @property
    def descending(self) -> bool:
        return self.order[0].startswith("-")


@dataclass(frozen=True)
class Slice:
    """Rows that fulfil a condition and, if a leading column is named, have one of these values in it.

    `led` is a part of the condition that the index answers too, such as the owner beside the department, or not to
    be in the bin.
    """

    condition: Q
    column: str = ""
    values: tuple[Any, ...] = ()
    led: Q = field(default_factory=Q)

    def led_by(self, condition: Q) -> "Slice":
        """Those of its rows that fulfil one more condition that the index answers."""
        return replace(self, led=self.led & condition)

    @property
    def whole(self) -> Q:
        condition = self.led & self.condition
        return Q(**{f"{self.column}__in": self.values}) & condition if self.column else condition


@dataclass(frozen=True)
class Found:
    """A row of a page: its segment and the values of the two columns that order it."""

    segment: Segment
    first: Any
    second: Any
    id: int
