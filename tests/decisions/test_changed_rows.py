"""Which changes became visible between two snapshots, by the number of their transaction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm.api.v2.changes.changed_rows import read_changed_rows
from crm.api.v2.changes.feed_position import FeedPosition, parse_feed_position
from crm.models import Change
from crm.platform.sql.transaction_numbers import ID_BITS, TransactionSnapshot

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, tzinfo=UTC)
ERA = 1 << ID_BITS
# Transactions 20 and 30 were open, and 100 was the next one; later, 30 and 120 were open, and 150 was the next one.
SINCE = TransactionSnapshot(ERA + 100, (ERA + 20, ERA + 30), NOW)
UNTIL = TransactionSnapshot(ERA + 150, (ERA + 30, ERA + 120), NOW)

CASES = {
    "it had ended before the first snapshot": (ERA + 10, False),
    "it had ended between two that were open": (ERA + 25, False),
    "it was the last one before the first snapshot": (ERA + 99, False),
    "it was open in the first snapshot and had ended in the second": (ERA + 20, True),
    "it was open in both": (ERA + 30, False),
    "it was the next one of the first snapshot": (ERA + 100, True),
    "it came between the snapshots": (ERA + 110, True),
    "it came between the snapshots and was open in the second": (ERA + 120, False),
    "it was the last one before the second snapshot": (ERA + 149, True),
    "it was the next one of the second snapshot": (ERA + 150, False),
    "it came after the second snapshot": (ERA + 200, False),
    "it is of an earlier era, with an ID that the first snapshot hadn't reached": (110, False),
    "it has no number": (None, False),
}


def write_change(number: int | None, row: int = 1, table: str = "lead", at=NOW, **values: Any) -> Change:
    given = {"version": 2, "kind": "update", "fields": {}, "transaction_number": number, "at": at, **values}
    return Change.objects.create(table=table, row=row, **given)


def read(position: FeedPosition, until: TransactionSnapshot = UNTIL, most: int = 10) -> list[int]:
    return [row.row for row in read_changed_rows(["lead"], position, until, most)]


@pytest.mark.parametrize(("number", "told"), CASES.values(), ids=CASES)
def test_a_change_is_told_if_its_transaction_ended_between_the_snapshots(number, told):
    write_change(number)
    assert read(FeedPosition(SINCE)) == ([1] if told else [])
    if number and number > ERA:
        assert (UNTIL.does_show(number) and not SINCE.does_show(number)) == told


def test_the_first_change_of_all_is_told_too():
    write_change(SINCE.next, pk=1)
    assert read(FeedPosition(SINCE)) == [1]


def test_a_changed_row_says_what_changed_and_when():
    update = write_change(ERA + 110, 7, fields={"city": ["Arad", "Cluj"]})
    insert = write_change(ERA + 110, 8, kind="insert", fields=None)
    assert read_changed_rows(["lead"], FeedPosition(SINCE), UNTIL, 10) == [
        (ERA + 110, update.pk, 7, "2026-01-05T00:00:00Z", "update", {"city": ["Arad", "Cluj"]}, "lead"),
        (ERA + 110, insert.pk, 8, "2026-01-05T00:00:00Z", "insert", {}, "lead"),
    ]


def test_among_transactions_that_were_open_the_next_page_begins_behind_the_last_change():
    changes = [write_change(number, row) for row, number in enumerate((ERA + 20, ERA + 20, ERA + 110))]
    position = FeedPosition(SINCE).continue_after(UNTIL, (ERA + 20, changes[0].pk))
    assert read(position) == [1, 2]
    assert read(position, most=1) == [1]


def test_page_by_page_each_change_is_told_once_in_the_order_of_transactions_whatever_their_ids():
    since = TransactionSnapshot(ERA + 100, (ERA + 20, ERA + 25), NOW)
    for row, number in enumerate((ERA + 110, ERA + 25, ERA + 20, ERA + 25, ERA + 110)):
        write_change(number, row)
    position, told = FeedPosition(since), []
    while page := read_changed_rows(["lead"], position, UNTIL, 1):
        told.append(page[0].row)
        position = position.continue_after(UNTIL, (page[0].number, page[0].id))
    assert told == [2, 1, 3, 0, 4]


def test_a_later_era_comes_after_all_of_an_earlier_one():
    for row, number in enumerate((2 * ERA + 5, ERA + 110, 2 * ERA + 40, ERA + 20), start=1):
        write_change(number, row)
    assert read(FeedPosition(SINCE), TransactionSnapshot(2 * ERA + 30, (), NOW)) == [4, 2, 1]


def test_the_next_page_begins_behind_the_place_where_the_last_one_ended():
    changes = [
        write_change(number, row) for row, number in enumerate((ERA + 20, ERA + 110, ERA + 110, ERA + 130))
    ]
    position = FeedPosition(SINCE)
    assert read(position, most=3) == [0, 1, 2]
    assert read(position.continue_after(UNTIL, (ERA + 110, changes[1].pk))) == [2, 3]
    assert read(position.continue_after(UNTIL, (ERA + 130, changes[3].pk))) == []


def test_the_next_page_has_a_transaction_that_was_open_even_if_it_wrote_first():
    """The IDs of changes are in the order of writing, the transactions in that of their numbers."""
    changes = [
        write_change(number, row)
        for row, number in enumerate((ERA + 25, ERA + 20, ERA + 20, ERA + 25), start=1)
    ]
    since = TransactionSnapshot(ERA + 100, (ERA + 20, ERA + 25), NOW)
    until = TransactionSnapshot(ERA + 150, (), NOW)
    position = FeedPosition(since)
    assert read(position, until) == [2, 3, 1, 4]
    assert read(position.continue_after(until, (ERA + 20, changes[1].pk)), until) == [3, 1, 4]


def test_changes_of_other_tables_and_of_weeks_before_are_not_read():
    write_change(ERA + 110, 1, table="task")
    write_change(ERA + 111, 2, at=NOW - timedelta(days=8))
    write_change(ERA + 20, 3, at=NOW - timedelta(days=8))
    # No transaction takes longer than seven days.
    write_change(ERA + 20, 4, at=NOW - timedelta(days=7))
    write_change(ERA + 112, 5, at=NOW - timedelta(days=7))
    assert read(FeedPosition(SINCE)) == [4, 5]
    both = read_changed_rows(["lead", "task"], FeedPosition(SINCE), UNTIL, 10)
    assert [row.row for row in both] == [4, 1, 5]


@pytest.mark.parametrize(
    "position",
    [FeedPosition(SINCE), FeedPosition(SINCE, UNTIL, (ERA + 120, 7)), FeedPosition(UNTIL)],
    ids=["the first page", "between two pages", "another snapshot"],
)
def test_a_position_is_the_same_after_it_was_a_cursor(position):
    assert parse_feed_position(position.build_values()) == position
