"""The first rows of each value of a column at once, such as the cards of a board's columns: one statement instead of a page for
each value. The ways to read them are those of a list that is sorted by the column (crm/records/paging/value_pages.py)."""

from typing import Any

from django.db.models import QuerySet

from crm.fields.sort_segments import PageRow, Slice, ValueSort
from crm.records.paging.keyset_pages import KeysetPosition, _format_cursor_value, _Reader
from crm.records.paging.value_pages import read_first_rows


def read_first_of_each_value(
    rows: QuerySet, slices: list[Slice], sort: ValueSort, *, size: int, narrowed: bool, few: bool
) -> dict[Any, list[PageRow]]:
    """Up to `size` rows for each value of the sort. `narrowed` and `few` mean the same as for a page."""
    reader = _Reader(rows, slices, sort, descending=False, narrowed=narrowed, few=few)
    return read_first_rows(
        reader.rows,
        reader.walked,
        reader.scattered,
        reader.segments,
        size,
        narrowed=reader.narrowed,
        each=True,
    )


def build_cursor_after(row: PageRow, tied_to: str) -> str:
    """The cursor of a list of the rows with one value, in the same order, that goes on after this one."""
    return KeysetPosition(
        "all", (_format_cursor_value(row.first), _format_cursor_value(row.second))
    ).build_cursor(tied_to)
