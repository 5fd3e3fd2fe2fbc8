"""Whether the day or the month comes first in the dates of a column, as far as its texts show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm.platform.excel.parsing.date_parsing import YEAR_LAST

LAST_MONTH = 12
# What is between day, month and year.
BETWEEN = frozenset("-/. ")


@dataclass
class DayOrder:
    """How many dates can only be read day first, only month first, or in `either` order, with another result."""

    day: int = 0
    month: int = 0
    either: int = 0

    def add_date(self, text: str) -> None:
        # Most texts are no dates.
        if text[1:2] not in BETWEEN and text[2:3] not in BETWEEN:
            return
        if match := YEAR_LAST.fullmatch(" ".join(text.split())):
            first, second = int(match[1]), int(match[2])
            self.day += first > LAST_MONTH >= second
            self.month += second > LAST_MONTH >= first
            self.either += first != second and max(first, second) <= LAST_MONTH

    @property
    def day_first(self) -> bool | None:
        """The order in which more dates can be read; None if no date shows it, or as many show the opposite."""
        return None if self.day == self.month else self.day > self.month

    @property
    def has_dates(self) -> bool:
        return bool(self.day or self.month or self.either)

    def count_unreadable(self, *, day_first: bool) -> int:
        """The dates that can't be read in this order."""
        return self.month if day_first else self.day

    def __add__(self, other: "DayOrder") -> "DayOrder":
        return DayOrder(self.day + other.day, self.month + other.month, self.either + other.either)


def guess_day_first(texts: Iterable[str]) -> bool | None:
    """Whether the day comes before the month in most of these texts that show it; None if no text does."""
    found = DayOrder()
    for text in texts:
        found.add_date(text.strip())
    return found.day_first
