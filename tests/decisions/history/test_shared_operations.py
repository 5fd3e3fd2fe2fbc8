"""Which rows of a timeline one operation wrote, and what its changes of a row say together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm.models import Activity, Change, Operation, Task
from crm.records.history.verb_execution import operation
from crm.work.grouped_timeline.shared_operations import RowOperations, find_row_operations, merge_changes

AT = datetime(2026, 3, 3, 8, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def change(pk: int, kind: str = "update", row: int = 7, table: str = "lead", **fields: Any) -> Change:
    return Change(pk=pk, kind=kind, row=row, table=table, version=pk, at=AT + pk * MINUTE, fields=fields)


# The changes of one operation, newest first, and by row what they say together.
MERGED: dict[str, tuple[list[Change], dict[int, tuple[str, dict[str, Any]]]]] = {
    "one": ([change(1, city=["A", "B"])], {7: ("update", {"city": ["A", "B"]})}),
    "one that changes nothing": ([change(1, city=["A", "A"])], {7: ("update", {"city": ["A", "A"]})}),
    "two of one field": (
        [change(2, city=["B", "C"]), change(1, city=["A", "B"])],
        {7: ("update", {"city": ["A", "C"]})},
    ),
    "two fields": (
        [change(2, zip=["1", "2"]), change(1, city=["A", "B"])],
        {7: ("update", {"city": ["A", "B"], "zip": ["1", "2"]})},
    ),
    "there and back": (
        [change(2, city=["B", "A"], zip=["", "1"]), change(1, city=["A", "B"])],
        {7: ("update", {"zip": ["", "1"]})},
    ),
    "three of one field": (
        [change(3, city=["C", "D"]), change(2, city=["B", "C"]), change(1, city=["A", "B"])],
        {7: ("update", {"city": ["A", "D"]})},
    ),
    "added and changed": ([change(2, city=["", "A"]), change(1, "insert")], {7: ("insert", {})}),
    "changed and deleted": (
        [change(2, "delete", city=["B", None]), change(1, city=["A", "B"])],
        {7: ("delete", {"city": ["A", None]})},
    ),
    "two rows": (
        [change(2, row=8, city=["C", "D"]), change(1, city=["A", "B"])],
        {7: ("update", {"city": ["A", "B"]}), 8: ("update", {"city": ["C", "D"]})},
    ),
}


@pytest.mark.parametrize(("changes", "found"), MERGED.values(), ids=MERGED)
def test_what_the_changes_of_one_operation_say_together(changes, found):
    merged = merge_changes(changes)
    assert {one.row: (one.kind, one.fields) for one in merged} == found
    last = {one.row: one for one in reversed(changes)}
    assert {one.row: (one.pk, one.version, one.at) for one in merged} == {
        row: (one.pk, one.version, one.at) for row, one in last.items()
    }


def test_rows_of_two_tables_with_one_number_stay_apart():
    changes = [change(2, table="company", city=["C", "D"]), change(1, city=["A", "B"])]
    assert sorted((one.table, one.fields["city"]) for one in merge_changes(changes)) == [
        ("company", ["C", "D"]),
        ("lead", ["A", "B"]),
    ]


def test_rows_of_one_operation_have_one_key():
    record = Operation(pk=5)
    rows = RowOperations({1: record}, {2: record})
    same = [Activity(pk=1), Task(pk=2), Change(pk=3, operation=record)]
    assert {rows.get_key(row) for row in same} == {5}
    others = [Activity(pk=2), Task(pk=1), Change(pk=4), object()]
    assert [rows.get_operation(row) for row in others] == [None] * 4
    assert len({rows.get_key(row) for row in others}) == 4


SECOND = timedelta(seconds=1)
# When an activity happened, from its operation on, more about the operation, and whether it is the entry's.
ACTIVITIES = {
    "at once": (timedelta(), {}, True),
    "just before": (-MINUTE + SECOND, {}, True),
    "a minute before, and logged then": (-MINUTE, {}, False),
    "just after": (MINUTE - SECOND, {}, True),
    "a minute after": (MINUTE, {}, False),
    "of a file": (timedelta(), {"kind": "import"}, False),
    "brought back by an undo": (timedelta(), {"undoes": True}, False),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "more", "is_shared"), ACTIVITIES.values(), ids=ACTIVITIES)
def test_an_activity_that_happened_as_it_was_logged_is_in_the_entry_of_its_operation(
    make_lead, ago, more, is_shared
):
    lead, other = make_lead(), make_lead()
    undone = Operation.objects.create(kind="test") if more.get("undoes") else None
    record = Operation.objects.create(kind=more.get("kind", "test"), undoes=undone)
    Operation.objects.filter(pk=record.pk).update(at=AT)
    with operation("test", by=None):
        call = Activity.objects.create(of="lead", record=lead.pk, type="note", text="x", at=AT + ago)
        task = Task.objects.create(of="lead", record=lead.pk, title="x", done_at=AT + ago)
    Change.objects.filter(table__in=("activity", "task")).delete()
    for table, row, kind, fields in (
        ("activity", call.pk, "insert", {}),
        ("task", task.pk, "update", {"done_at": [None, "x"]}),
        ("task", task.pk, "update", {"title": ["y", "x"]}),
    ):
        Change.objects.create(
            operation=record, table=table, row=row, version=1, kind=kind, fields=fields, at=AT
        )
    found = find_row_operations([call, task], "lead", lead.pk)
    assert [*found.activities] == ([call.pk] if is_shared else [])
    assert [*found.tasks] == ([task.pk] if is_shared else [])
    elsewhere = find_row_operations([call], "lead", other.pk)
    assert elsewhere.activities == {}
