"""A board with a filter for its own columns: it reads only those that the filter lets through."""

import pytest

from crm.records import board
from crm.records.board import columns_of
from tests.leads.boards import cards
from tests.leads.test_board import OPEN, listing


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("status={0}", [0]),
        ("status={0}&status={2}", [0, 2]),
        ("status={1}&status_not=on", [0, 2, 3]),
        ("status={won}", []),
    ],
)
def test_only_the_columns_that_a_filter_lets_through_are_read(
    query, asked, ada, make_lead, statuses, monkeypatch
):
    leads = [make_lead(status=key) for key in OPEN]
    pks = [getattr(statuses, key).pk for key in OPEN]
    read = []
    first_of_each = board.first_of_each

    def reading(rows, slices, sort, **values):
        read.extend(sort.values)
        return first_of_each(rows, slices, sort, **values)

    monkeypatch.setattr(board, "first_of_each", reading)
    found = columns_of(listing(ada, query.format(*pks, won=statuses.won.pk)))
    assert read == [pks[place] for place in asked]
    assert {column.row.pk: cards(column.cards) for column in found} == {
        pk: [leads[place].pk] if place in asked else [] for place, pk in enumerate(pks)
    }
