"""Which saved views use a value that is deleted or merged, what they ask for then, and after an undo."""

from itertools import count

import pytest

from crm.models import Operation, SavedView
from crm.records.listing import saved_view_replacement
from crm.records.listing.saved_view_replacement import (
    get_views_using_value,
    replace_in_saved_views,
    restore_replaced_values,
)

# The query of a view, and whether it uses the status with the number 3.
QUERIES = {
    "the status alone": ("status=3", True),
    "beside another one": ("status=4&status=3", True),
    "among alternatives": ("any.status=3&any.country=RO", True),
    "a status whose number begins the same": ("status=31", False),
    "the same number in another field": ("source=3", False),
    "another status": ("status=4", False),
    "a query that is written in another way": ("q=ana+albu&sort=-name", False),
    "no query": ("", False),
}


@pytest.mark.parametrize(("query", "used"), QUERIES.values(), ids=QUERIES)
def test_whether_a_view_uses_a_value(query, used, ann):
    view = SavedView.objects.create(table="lead", owner=ann, name="Mine", query=query)
    assert get_views_using_value("status", 3) == ([view] if used else [])


def test_the_views_come_in_their_order(ann):
    second, _other, first = (
        SavedView.objects.create(table="lead", owner=ann, name=f"{place}", query=query, position=place)
        for place, query in ((2, "status=3"), (3, "status=4"), (1, "any.status=3"))
    )
    assert get_views_using_value("status", 3) == [first, second]


@pytest.fixture
def views(ann, monkeypatch):
    """views("status=3", …): a view of each query. Nothing else has queries."""
    monkeypatch.setattr(saved_view_replacement, "QUERIES", {"": SavedView})
    monkeypatch.setattr(saved_view_replacement, "OTHERS", [])
    numbers = count()

    def save(*queries: str) -> list[int]:
        return [
            SavedView.objects.create(table="lead", owner=ann, name=f"{next(numbers)}", query=query).pk
            for query in queries
        ]

    return save


# The query of a view, and the one after the status with the number 3 has become the one with the number 4.
REPLACED = {
    "the status alone": ("status=3", "status=4"),
    "beside both": ("status=4&status=3&status=5", "status=4&status=5"),
    "among alternatives": ("any.status=3&any.country=RO", "any.status=4&any.country=RO"),
    "as a filter and among alternatives": ("status=3&any.status=3", "status=4&any.status=4"),
    "a status whose number begins the same": ("status=31&sort=-name", "status=31&sort=-name"),
    "the same number in another field": ("source=3&status=5", "source=3&status=5"),
    "a query that is written in another way": ("q=a%20b&status=5", "q=a%20b&status=5"),
}


@pytest.mark.parametrize(("query", "after"), REPLACED.values(), ids=REPLACED)
def test_what_a_view_asks_for_after_a_merge(query, after, views):
    (view,) = views(query)
    assert replace_in_saved_views("status", 3, 4) == ([[view, query, after]] if after != query else [])
    assert get_queries(view) == [after]


def get_queries(*ids: int) -> list[str]:
    return [SavedView.objects.get(pk=pk).query for pk in ids]


def test_what_a_merge_has_rewritten_is_told_in_the_order_of_the_views(views, monkeypatch):
    asked = []
    monkeypatch.setattr(saved_view_replacement, "OTHERS", [lambda *values: asked.append(values)])
    first, other, second = views("status=3", "city.is=Arad", "status=3&vip=yes")
    done = replace_in_saved_views("status", 3, 4)
    assert done == [[first, "status=3", "status=4"], [second, "status=3&vip=yes", "status=4&vip=yes"]]
    assert get_queries(first, other, second) == ["status=4", "city.is=Arad", "status=4&vip=yes"]
    # What else has filters is rewritten too: assignment rules, for example.
    assert asked == [("status", 3, 4)]


def test_what_else_has_a_query_is_told_with_its_name(views, monkeypatch):
    # Its table is that of the views here.
    monkeypatch.setattr(saved_view_replacement, "QUERIES", {"reports": SavedView})
    (report,) = views("status=3")
    assert replace_in_saved_views("status", 3, 4) == [[report, "status=3", "status=4", "reports"]]


# The query of a view that a merge has changed from A to B, whether the merge is undone ("undo") or the undo of it ("redo"),
# and the query then.
RESTORED = {
    "undo": ("B", "undo", "A"),
    "undo, and someone has edited the view": ("own", "undo", "own"),
    "redo": ("A", "redo", "B"),
    "redo, and someone has edited the view": ("own", "redo", "own"),
    "undo of the redo": ("B", "undo again", "A"),
}
UNDONE = {"undo": 0, "redo": 1, "undo again": 2}


def undo(steps: list, times: int = 0) -> None:
    """Undo the operation with these steps, or the last one of so many undos of it."""
    record = Operation(parameters={"views": steps})
    for _time in range(times):
        record = Operation(parameters=record.parameters, undoes=record)
    restore_replaced_values(record)


@pytest.mark.parametrize(("now", "what", "then"), RESTORED.values(), ids=RESTORED)
def test_what_a_view_asks_for_after_an_undo(now, what, then, views, monkeypatch):
    monkeypatch.setitem(saved_view_replacement.QUERIES, "reports", SavedView)
    view, same, report, same_report = views(now, now, now, now)
    undo(
        [[view, "A", "B"], [report, "A", "B", "reports"], [same, "A", "B", "of an app that is gone"]],
        UNDONE[what],
    )
    assert get_queries(view, same, report, same_report) == [then, now, then, now]


@pytest.mark.parametrize(("now", "what", "then"), [("C", "undo", "A"), ("A", "redo", "C")])
def test_a_view_that_was_rewritten_twice_is_restored_step_by_step(now, what, then, views):
    """The pipeline of a view is merged, and then its status."""
    (view,) = views(now)
    undo([[view, "A", "B"], [view, "B", "C"]], UNDONE[what])
    assert get_queries(view) == [then]


def test_an_operation_without_views_restores_nothing(views):
    (view,) = views("B")
    restore_replaced_values(Operation())
    assert get_queries(view) == ["B"]
