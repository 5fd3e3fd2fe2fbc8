"""A board: the records of a list as cards in columns, one for each value of a field, such as the statuses of leads.

The same URL query means the same records on the list and on the board. Each column is a list of its own that walks along
an index, so a column of a million records opens like a list of them. A kind describes its board in `kind.board`; nothing
here knows what the columns mean.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.safestring import SafeString

from crm.fields.sort_segments import Slice, ValueSort
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import BOARD, build_view_parameter
from crm.records.listing.record_list import PAGE_PARAMETERS, RecordList, get_records_for_page
from crm.records.listing.tabs import ListTab
from crm.records.paging.keyset_pages import KeysetPage, build_cursor_tie
from crm.records.paging.page_statements import combine_slices
from crm.records.paging.pages_per_value import build_cursor_after, read_first_of_each_value
from crm.records.tables.boards.board_outline import BoardOutline
from crm.records.tables.boards.cards import Cards

# The cards of a column on its first page, and of each further one.
CARDS = 15


@dataclass(frozen=True, kw_only=True)
class Board(BoardOutline):
    """How the records of a kind lie on a board.

    columns    the columns of a list in order, as rows with a label and a hue
    beyond     what else cards can be moved to from this list: rows without a column
    tabs       sets of columns to choose from; none if there is only one
    """

    columns: Callable[[RecordList], Sequence[Any]]
    beyond: Callable[[RecordList], Sequence[Any]]
    tabs: Callable[[RecordList], Sequence[ListTab]]


def get_board(kind: Kind) -> Board:
    """The board of a kind that has one."""
    if not isinstance(kind.board, Board):
        raise LookupError(f"{kind.name} has no board.")
    return kind.board


class BoardLane(RecordList):
    """The records of a list that belong in one column. What the list has read for its filters and its search serves all
    of its columns."""

    def __init__(self, whole: RecordList, value: Any, after: str = "") -> None:
        self.whole, self.value = whole, value
        self.kind, self.viewer, self.in_trash = whole.kind, whole.viewer, False
        self.data = whole.data.copy()
        for name in PAGE_PARAMETERS:
            self.data.pop(name, None)
        if after:
            self.data["after"] = after

    @cached_property
    def filters(self):
        return self.whole.filters.narrow_to(get_board(self.kind).field, self.value)

    @cached_property
    def sort(self) -> str:
        return get_board(self.kind).sort

    @cached_property
    def _sort(self):
        return replace(super()._sort, prefixes=_get_index_prefixes(self))

    @property
    def _slices(self) -> list[Slice]:
        condition = Q(**{get_board(self.kind).field: self.value})
        return [
            part.with_index(condition) if part.column and not part.beside else part
            for part in _get_board_slices(self)
        ]

    @property
    def order(self) -> tuple[str, str]:
        (segment,) = self._sort.build_segments(descending=self._descending)
        return segment.order

    @property
    def _search_condition(self) -> tuple[Q, bool]:
        return self.whole._search_condition

    @property
    def _cursor_tie(self) -> str:
        return build_cursor_tie(self.kind.name, self.query, self.viewer.pk, self.value)


@dataclass(frozen=True)
class BoardColumn:
    """One column as shown: its row, its cards as HTML, the query for the cards after them, and whether there are cards
    before them."""

    row: Any
    cards: SafeString
    further: str = ""
    begun: bool = False


def build_board_columns(
    listing: RecordList, *, only: int | None = None, further: int | None = None, after: str = ""
) -> list[BoardColumn]:
    """The columns with their first cards, or `only` one of them; the `further` one has the cards after a cursor. A retired
    column without cards isn't shown."""
    board = get_board(listing.kind)
    rows = [row for row in board.columns(listing) if only in (None, row.pk)]
    pages = {} if only else _read_first_pages(listing, rows)
    for row in rows:
        if row.pk in (only, further):
            pages[row.pk] = BoardLane(listing, row.pk, after).get_page(CARDS)
    drawing = build_cards(listing, [pk for page in pages.values() for pk in page.ids])
    return [
        BoardColumn(
            row,
            drawing.render_cards(page.ids),
            _build_further_query(listing, row, page.next),
            bool(page.previous),
        )
        for row, page in ((row, pages[row.pk]) for row in rows)
        if page.ids or not row.retired
    ]


def _read_first_pages(listing: RecordList, rows: Sequence[Any]) -> dict[int, KeysetPage]:
    """The first cards of all columns, read together."""
    board = get_board(listing.kind)
    if not rows:
        return {}
    lanes = {row.pk: BoardLane(listing, row.pk) for row in rows}
    # A column that the filter rules out would be read to its end for nothing.
    asked = tuple(pk for pk in lanes if _passes_column_filter(listing, pk))
    sort = ValueSort(
        f"{board.field}_id", asked, prefixes=_get_index_prefixes(listing), order=lanes[rows[0].pk].order
    )
    matched, few = listing._matches
    narrowed = listing.is_narrowed
    found = read_first_of_each_value(
        matched, _get_board_slices(listing), sort, size=CARDS + 1, narrowed=narrowed, few=few
    )
    pages = {}
    for pk, lane in lanes.items():
        cards = found.get(pk, [])
        following = build_cursor_after(cards[CARDS - 1], lane._cursor_tie) if len(cards) > CARDS else ""
        pages[pk] = KeysetPage([card.id for card in cards[:CARDS]], next=following)
    return pages


def _get_index_prefixes(listing: RecordList) -> tuple[str, ...]:
    """What the indexes in the order of the board start with."""
    board = get_board(listing.kind)
    led = [f"{name}_id" for name in board.narrowed_by]
    return (*listing.kind.sorts.get_sort(board.sort.removeprefix("-")).prefixes, *led)


def _get_board_slices(listing: RecordList) -> list[Slice]:
    """What the viewer sees. If there is a filter for one owner, it is walked along the owner's index: all the oldest records of
    a department may belong to others."""
    board = get_board(listing.kind)
    prefixes = listing.kind.sorts.get_sort(board.sort.removeprefix("-")).prefixes
    parts = listing.filters.narrow_slices(listing.kind.model.scope.build_slices(listing.viewer, prefixes))
    if not parts or not (one := listing.filters.find_single_value(board.narrowed_by)):
        return parts
    name, value = one
    return [Slice(combine_slices(parts), f"{name}_id", (value,), index=parts[0].index)]


def _passes_column_filter(listing: RecordList, value: Any) -> bool:
    """Whether the list's filter for the columns, if it has one, lets this one through."""
    field = get_board(listing.kind).field
    found = [(item, chosen) for name, item, chosen in listing.filters.active if name == field]
    return all((str(value) in chosen) != item.negated for item, chosen in found)


def _build_further_query(listing: RecordList, row: Any, cursor: str) -> str:
    if not cursor:
        return ""
    data = QueryDict(listing.query or "all=1", mutable=True)
    data["column"], data["after"] = str(row.pk), cursor
    return data.urlencode()


def get_board_cards(listing: RecordList, ids: Sequence[int]) -> tuple[list[tuple[int, int]], Cards]:
    """Those of these records that lie on the board of a list, each with its column, and what draws them."""
    board = get_board(listing.kind)
    columns = [row.pk for row in board.columns(listing)]
    rows = listing.visible.order_by("pk").filter(pk__any=list(ids), **{f"{board.field}__in": columns})
    found = list(rows.values_list("pk", board.field))
    return found, build_cards(listing, [pk for pk, _column in found])


def build_cards(listing: RecordList, ids: list[int]) -> Cards:
    """The cards of these records. All that they show is read in one query."""
    kind, viewer = listing.kind, listing.viewer
    board = get_board(kind)
    records = get_records_for_page(kind, ids, list(board.shown), viewer=viewer)
    place = f"{listing.query or 'all=1'}{build_view_parameter(listing.view_id, BOARD)}"
    return board.cards(kind, records, place=place, may_select=bool(kind.get_menu_actions(viewer)))
