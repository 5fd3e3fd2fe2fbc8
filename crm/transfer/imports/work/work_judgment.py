"""What judging a row with an activity and a row with a task share."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone

from crm.fields.widgets.value_widgets import normalize_text
from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.check.cell_comparison import CellComparison, RowJudgment, is_same_cell_value


def is_same_value(now: Any, value: Any) -> bool:
    """Whether a stored value is the cell's value. A cell has no fractions of a second, and no time zone: an hour that is there
    twice when summer time ends is the same in it."""
    if isinstance(now, datetime) and isinstance(value, datetime):
        apart = truncate_to_second(now) - truncate_to_second(value)
        return abs(apart.total_seconds()) < 2
    return is_same_cell_value(now, value)


def truncate_to_second(at: datetime) -> datetime:
    """The local time without fractions of a second."""
    return timezone.localtime(at).replace(microsecond=0, tzinfo=None)


class WorkJudge(CellComparison):
    # What an empty cell means, by field, and the fields that nothing clears.
    first: ClassVar[dict[str, Any]] = {}
    never_empty: ClassVar[tuple[str, ...]] = ()
    is_same = staticmethod(is_same_value)

    def __init__(self, *, empties: bool) -> None:
        self.empties = empties

    def judge_new(self, cells: dict[str, CleanedCell]) -> RowJudgment:
        """A row to add."""
        raise NotImplementedError

    def judge_existing(
        self, cells: dict[str, CleanedCell], row: Any, base: dict[str, Any] | None, takes: Collection[str]
    ) -> RowJudgment:
        """What a row changes of one that exists. `base` has the values that have changed since the file was made (None if the
        file has no version), `takes` are fields where the file overrides a newer edit."""
        raise NotImplementedError

    def read_new(self, cells: dict[str, CleanedCell], names: Iterable[str]) -> RowJudgment:
        """The values of a new row in these fields, not yet judged together."""
        judged = RowJudgment()
        for name in names:
            cell = cells.get(name, CleanedCell("", empty=True))
            judged.unknown += [(name, text) for text in cell.unknown]
            if cell.error:
                judged.errors.append((name, cell.error))
            judged.values[name] = self.first[name] if cell.empty or cell.clears else cell.value
        return judged

    def is_as_exported(self, name, cell, now):
        """An odd cell that says what is stored."""
        odd = cell.error or cell.written
        return bool(odd) and (cell.written or cell.shown) == normalize_text(str(now))

    def is_never_cleared(self, name, now):
        return name in self.never_empty

    def get_empty_value(self, name):
        return self.first[name]
