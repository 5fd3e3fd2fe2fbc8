"""What the cells of a row change of something that exists: the same for records, activities and tasks."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.widgets.value_widgets import normalize_text
from crm.platform.excel.writing.cell_values import truncate_to_cell
from crm.transfer.imports.check.additional_values import Note
from crm.transfer.imports.check.cell_cleaning import CleanedCell, adapt_cell_to_value
from crm.transfer.imports.check.import_rules import Errors


@dataclass
class RowJudgment:
    """`values` to write, by field; `old` are the replaced values; `conflicts` {field: current value}, whichever value
    wins; `unknown` are names in the row that don't exist here, as pairs of field and name; `notes` are the cells that were
    read differently than they are written; `named` says that the name is the text of another column."""

    values: dict[str, Any] = field(default_factory=dict)
    old: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)
    errors: Errors = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    named: bool = False


def is_same_cell_value(now: Any, value: Any) -> bool:
    """Whether a database value equals a cell's value; a text that Excel had to truncate counts as complete."""
    if isinstance(now, str) and isinstance(value, str):
        plain = normalize_text(now)
        return plain == value or (len(value) > 30_000 and truncate_to_cell(plain).strip() == value)
    if isinstance(now, list):
        return sorted(map(str, now)) == sorted(map(str, value))
    return bool(now == value)


class CellComparison:
    """`empties` says that an empty cell of a file with a version clears the field. `is_same` says whether a stored value is that of
    a cell; it is asked for each cell of each row."""

    empties: bool
    is_same = staticmethod(is_same_cell_value)

    def compare(
        self,
        judged: RowJudgment,
        name: str,
        cell: CleanedCell,
        now: Any,
        base: dict[str, Any] | None,
        takes: Collection[str],
        *,
        fills: bool = False,
    ) -> None:
        """Judge one cell. `base` has the values that have changed since the file was made (None if the file has no version);
        `takes` are fields where the file overrides a newer edit; `fills` says that only an empty field gets a value."""
        if self.is_as_exported(name, cell, now):
            return
        cell = adapt_cell_to_value(cell, now)
        judged.unknown += [(name, text) for text in cell.unknown]
        if cell.error:
            judged.errors.append((name, cell.error))
            return
        if cell.empty or cell.clears:
            # Only in a file exported from here can an empty cell be intentional.
            if not cell.clears and not (self.empties and base is not None):
                return
            if self.is_never_cleared(name, now):
                if cell.clears:
                    judged.errors.append((name, _("This field can’t be cleared.")))
                return
            value = self.get_empty_value(name)
        else:
            value = cell.value
            if name == "tags" and base is None:
                # Only in a file exported from here does a missing tag mean that it was removed.
                value = sorted({*value, *now}, key=str)
        if self.is_same(now, value) or (fills and now not in (None, "", [])):
            return
        if base and name in base:
            if self.is_same(base[name], value):
                return
            judged.conflicts[name] = now
            if name not in takes:
                return
        judged.values[name], judged.old[name] = value, now

    def is_as_exported(self, name: str, cell: CleanedCell, now: Any) -> bool:
        """Whether the user didn't touch the cell."""
        raise NotImplementedError

    def is_never_cleared(self, name: str, now: Any) -> bool:
        raise NotImplementedError

    def get_empty_value(self, name: str) -> Any:
        raise NotImplementedError
