"""The figures of a board's columns: how many records, what they are worth, how many wait too long.

As in a list, counting stops above ten thousand, because a page doesn't wait for a million; all are counted on request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Count, Q, Sum
from django.http import QueryDict

from crm.platform.configuration.company import get_company_currency
from crm.platform.web.transactions import QUERY_CANCELED, get_sqlstate
from crm.records.listing.record_list import COUNT_AT_FIRST, RecordList
from crm.records.listing.tabs import COUNT_LIMIT
from crm.records.tables.boards.board import BoardLane, get_board
from crm.templatetags.look import money


@dataclass(frozen=True)
class ColumnFigures:
    """Of one column: `more` says that there are more records than `count`, which is 0 if counting takes too long, and
    `total` is empty then. `without_rate` are
    the records whose value can't be converted and isn't in the total."""

    row: Any
    count: int
    more: bool
    total: str = ""
    without_rate: int = 0
    late: int = 0
    late_in_words: str = ""
    late_query: str = ""


def get_column_figures(listing: RecordList, *, exact: bool = False) -> list[ColumnFigures]:
    """Two queries for each column."""
    found = [_read_figures(listing, row, exact=exact) for row in get_board(listing.kind).columns(listing)]
    return [one for one in found if one.count or not one.row.retired]


def _read_figures(listing: RecordList, row: Any, *, exact: bool) -> ColumnFigures:
    board, rows = get_board(listing.kind), BoardLane(listing, row.pk).visible.order_by()
    field: Any = listing.kind.model._meta.get_field(board.total)
    without_rate = Q(**{f"{field.name}__isnull": False, f"{field.base_column}__isnull": True})
    counted = rows if exact else rows[: COUNT_AT_FIRST + 1]
    found = _read_or_time_out(
        lambda: counted.aggregate(
            count=Count("pk"), total=Sum(field.base_column), left=Count("pk", filter=without_rate)
        )
    )
    if found is None:
        return ColumnFigures(row=row, count=0, more=True)
    more = not exact and found["count"] > COUNT_AT_FIRST
    late_rows = rows.filter(board.late())
    late = _read_or_time_out((late_rows if exact else late_rows[: COUNT_LIMIT + 1]).count) or 0
    total = "" if more else money(found["total"] or Decimal(0), get_company_currency())
    return ColumnFigures(
        row=row,
        count=COUNT_AT_FIRST if more else found["count"],
        more=more,
        total=total,
        without_rate=0 if more else found["left"],
        late=late,
        late_in_words=board.late_words(late, COUNT_LIMIT if late > COUNT_LIMIT and not exact else None),
        late_query=_add_filter_to_query(listing.query, board.late_query),
    )


def _read_or_time_out(read: Callable[[], Any]) -> Any:
    """What a query finds; None if it takes so long that the other figures are better shown without it."""
    try:
        with transaction.atomic():
            return read()
    except OperationalError as error:
        if get_sqlstate(error) != QUERY_CANCELED:
            raise
        return None


def _add_filter_to_query(query: str, more: str) -> str:
    """The query of a list with another filter."""
    data = QueryDict(query, mutable=True)
    for name, values in QueryDict(more).lists():
        data.setlist(name, values)
    return data.urlencode()
