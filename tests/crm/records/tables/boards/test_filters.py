"""A board with filters: it reads only the columns that the filters let through, and a limited number of rows of each."""

from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from crm.records.history.verb_execution import operation
from crm.records.paging import page_queries
from crm.records.tables.boards import board
from crm.records.tables.boards.board import build_board_columns
from leads.models import Lead, Status
from tests.crm.records.tables.boards.page import cards
from tests.crm.records.tables.boards.test_columns import OPEN, listing
from tests.examples import one_in


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
    first_of_each = board.read_first_of_each_value

    def reading(rows, slices, sort, **values):
        read.extend(sort.values)
        return first_of_each(rows, slices, sort, **values)

    monkeypatch.setattr(board, "read_first_of_each_value", reading)
    found = build_board_columns(listing(ada, query.format(*pks, won=statuses.won.pk)))
    assert read == [pks[place] for place in asked]
    assert {column.row.pk: cards(column.cards) for column in found} == {
        pk: [leads[place].pk] if place in asked else [] for place, pk in enumerate(pks)
    }


QUERIES = ["owner={bob}", "owner=me", "owner={bob}&vip=yes", "country=RO", "vip=no", "q=e"]
# All at once; collected; a longer walk; one walk.
LIMITS = [
    {},
    {"WALK": 1, "MOST_COLLECTED_ROWS": 0, "LONG_WALK": 1},
    {"WALK": 1, "MOST_COLLECTED_ROWS": 0, "LONG_WALK": 30},
    {"WALK": 30, "MOST_COLLECTED_ROWS": 0, "LONG_WALK": 30},
]


@pytest.mark.parametrize(
    ("limits", "query", "who"), one_in(5, product(LIMITS, QUERIES, ["ada", "ann", "bob", "dan"]))
)
def test_each_column_has_its_leads_in_order_however_they_are_read(
    limits, query, who, many, cast, monkeypatch
):
    """From the first cards to the last, three at a time."""
    monkeypatch.setattr(board, "CARDS", 3)
    for limit, rows in limits.items():
        monkeypatch.setattr(page_queries, limit, rows)
    found = listing(getattr(cast, who), query.format(bob=cast.bob.pk))
    for status in Status.objects.filter(key__in=OPEN):
        rows = Lead.objects.filter(pk__in=found.get_ids(), status=status).order_by("status_since", "pk")
        (column,) = [column for column in build_board_columns(found) if column.row == status]
        shown = cards(column.cards)
        while column.further:
            after = QueryDict(column.further)["after"]
            (column,) = build_board_columns(found, only=status.pk, further=status.pk, after=after)
            shown += cards(column.cards)
        assert shown == list(rows.values_list("pk", flat=True))


def test_the_board_of_one_owner_walks_along_the_owners_index(ada, bob, lead_of, monkeypatch):
    """All of the oldest leads of the department may belong to others: reading them all took six seconds."""
    with operation("test", by=None):
        Lead.objects.bulk_create(lead_of(f"Old {number}") for number in range(20))
        Lead.objects.bulk_create(lead_of(f"Own {number}", owner=bob) for number in range(20))
    monkeypatch.setattr(page_queries, "WALK", 1)
    monkeypatch.setattr(page_queries, "MOST_COLLECTED_ROWS", 0)
    with CaptureQueriesContext(connection) as queries:
        (column, *_rest) = build_board_columns(listing(ada, f"owner={bob.pk}"))
    assert len(cards(column.cards)) == board.CARDS
    assert not [query for query in queries if "AS MATERIALIZED" in query["sql"]]
