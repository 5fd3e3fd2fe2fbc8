"""The tabs above a list: which one opens first, which one is open, and what their counts say."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict

from crm.models import SavedView
from crm.records.kinds.kind_registry import KINDS, WorkTab
from crm.records.listing.record_list import RecordList
from crm.records.listing.tabs import (
    build_list_tabs,
    build_view_tabs,
    format_short_count,
    get_first_tab,
    get_tabs_with_counts,
)

OWN, FOR_ALL = WorkTab("mine", "My leads", "owner=me"), WorkTab("new", "New", "status=1", for_all=True)
# The tabs of a list, and the one that opens first for a user with their own records, and for one who manages departments.
FIRST: dict[str, tuple[list[WorkTab], WorkTab | None, WorkTab | None]] = {
    "one's own": ([OWN], OWN, None),
    "one's own, and one for all": ([OWN, FOR_ALL], OWN, FOR_ALL),
    "one for all, and one's own": ([FOR_ALL, OWN], FOR_ALL, FOR_ALL),
    "none": ([], None, None),
}


@pytest.mark.parametrize(("tabs", "for_rep", "for_manager"), FIRST.values(), ids=FIRST)
def test_which_tab_opens_first(tabs, for_rep, for_manager):
    kind: Any = SimpleNamespace(work=tabs)
    assert get_first_tab(kind, SimpleNamespace(sees_departments=False)) == for_rep
    assert get_first_tab(kind, SimpleNamespace(sees_departments=True)) == for_manager


# The query of the list, and the open tab.
OPEN = {
    "all": ("all=1", "All leads"),
    "a tab": ("{tab}", "My open leads"),
    "a tab with a search and an order": ("{tab}&q=ana&sort=-name", "My open leads"),
    "a tab that is narrowed": ("{tab}&country=RO", "All leads"),
    "a list of one's own": ("country=RO", "All leads"),
}


@pytest.mark.parametrize(("query", "label"), OPEN.values(), ids=OPEN)
def test_which_tab_is_open(query, label, bob):
    kind = KINDS["lead"]
    (own,) = [tab.query for tab in kind.work if str(tab.label) == "My open leads"]
    listing = RecordList(kind, QueryDict(query.format(tab=own)), bob)
    assert [tab.label for tab in build_list_tabs(listing, in_view=False) if tab.current] == [label]
    # While a saved view is open, it is the tab of the view.
    assert not any(tab.current for tab in build_list_tabs(listing, in_view=True))


def test_the_tab_of_the_open_view_is_marked():
    views = [SavedView(pk=1, name="Mine", query="vip=yes"), SavedView(pk=2, name="All")]
    found = [(tab.label, tab.query, tab.current) for tab in build_view_tabs(views, SavedView(pk=2))]
    assert found == [("Mine", "view=1&vip=yes", False), ("All", "view=2", True)]
    assert not any(tab.current for tab in build_view_tabs(views, None))


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999, "999"), (1000, "999+"), (5000, "999+")])
def test_how_many_records_a_tab_says(count, text):
    assert format_short_count(count) == text


def test_tabs_of_the_start_page_are_counted_and_none_is_open(bob, make_lead):
    make_lead(owner=bob)
    found = {tab.label: tab for tab in get_tabs_with_counts(KINDS["lead"], bob)}
    assert found["My open leads"].count == "1"
    assert not any(tab.current for tab in found.values())
