"""What a record type says of its board, apart from the columns of a list (crm/records/tables/boards/board.py)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from crm.records.history.verb_execution import Verb
from crm.records.tables.boards.cards import Cards


@dataclass(frozen=True)
class MoveTarget:
    """Where a card can be moved: the row, and the labels of what is required there and still empty."""

    row: Any
    needs: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class BoardOutline:
    """
    field      the foreign key whose values are the columns
    sort       the order of the cards, whatever the order of the list; an index by department, column and it serves it
    cards      draws the cards
    shown      the names of what a card shows, as for the columns of a list
    total      the money field that is added up for each column
    late       the records that wait too long
    late_words how many these are in words, or that there are more than the second number
    late_query the filter for these
    label      what the columns are, such as "Leads by status"
    row        the row with this number, whether or not it has a column; None if there is none
    targets    where a record can be moved, for a user
    verb       moves records to one of the rows
    asks       the form to fill in before a user can move a record there, as an address with a query; '' for none
    narrowed_by  columns, such as the owner: an index begins with one of them, the column of the board and the sort
    """

    field: str
    sort: str
    cards: type[Cards]
    shown: Sequence[str]
    total: str
    late: Callable[[], Q]
    late_words: Callable[[int, int | None], str]
    late_query: str
    label: str | Promise
    row: Callable[[int | None], Any]
    targets: Callable[[Any, Any], Sequence[MoveTarget]]
    verb: Callable[[Any], Verb]
    asks: Callable[[Any, Any, Any], str]
    narrowed_by: Sequence[str] = ()
