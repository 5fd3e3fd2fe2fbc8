"""The standard tabs above a list: a user's own records to work on, then all; saved views come after them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.http import QueryDict

from crm.models import SavedView
from crm.records.kinds.kind_registry import Kind, WorkTab
from crm.records.listing.record_list import OTHER_PARAMETERS, RecordList
from crm.templatetags.look import number

# Above this, a tab only says that there are more.
COUNT_LIMIT = 999


@dataclass(frozen=True)
class ListTab:
    """One tab as shown; `count` is a number as text, empty until the list has been counted."""

    name: str
    label: str
    query: str
    current: bool
    count: str = ""


def get_first_tab(kind: Kind, user) -> WorkTab | None:
    """What opens for a user who works on their own records; users who manage departments start with all, or with the first
    tab that is for all."""
    return next((tab for tab in kind.work if tab.for_all or not user.sees_departments), None)


def build_list_tabs(listing: RecordList, *, in_view: bool) -> list[ListTab]:
    """The tabs of a list. The open one has the same filters, in whatever order and with whatever search; with an extra
    filter, that is "all"."""
    filters = {tab.name: _get_filters(_build_tab_query(listing.kind, tab)) for tab in listing.kind.work}
    own_filters = _get_filters(listing.query)
    current = next((name for name, those in filters.items() if those == own_filters), "all")
    current = "" if in_view else current
    own = [ListTab(tab.name, str(tab.label), tab.query, current == tab.name) for tab in listing.kind.work]
    return [*own, ListTab("all", str(listing.kind.words.all), "all=1", current == "all")]


def get_open_tab_label(tabs: Sequence[ListTab]) -> str:
    """The name of the open tab; '' if that is all, narrowed or not."""
    return next((tab.label for tab in tabs if tab.current and tab.name != "all"), "")


def build_view_tabs(views: Sequence[SavedView], open_view: SavedView | None) -> list[ListTab]:
    """The tabs of saved views."""
    return [ListTab("", view.name, view.address, view == open_view) for view in views]


def get_tabs_with_counts(kind: Kind, user) -> list[ListTab]:
    """The tabs of a user's own records with their counts."""
    found = []
    for tab in kind.work:
        count = RecordList(kind, QueryDict(tab.query), user).count(COUNT_LIMIT)
        found.append(ListTab(tab.name, str(tab.label), tab.query, False, format_short_count(count)))
    return found


def format_short_count(count: int) -> str:
    """A count up to COUNTED + 1 in words: "12", or "999+"."""
    return f"{number(COUNT_LIMIT)}+" if count > COUNT_LIMIT else number(count)


def _get_filters(query: str) -> dict[str, list[str]]:
    """The filters in a URL query, without search and sort."""
    data = QueryDict(query)
    return {name: sorted(data.getlist(name)) for name in data if name not in OTHER_PARAMETERS}


@cache
def _build_tab_query(kind: Kind, tab: WorkTab) -> str:
    """The tab's URL query as a list of its own would state it, for any viewer."""
    return RecordList(kind, QueryDict(tab.query), None).query
