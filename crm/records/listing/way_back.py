"""The way back to a list: a page that was opened from a list has the list in its URL, with filters, search, sort and page."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest, QueryDict

from crm.platform.web.responses import BACK, get_previous_path
from crm.platform.web.transactions import SAFE_METHODS
from crm.records.kinds.kind_registry import Kind, get_viewable_kinds
from crm.records.listing.filter_urls import BOARD, get_return_page
from crm.records.tables.record_table import LIST, build_record_query


def read_list_url(text: str, lists: Collection[str]) -> str:
    """The URL in this text if it is that of one of these lists, otherwise ''. So no link leads to another site."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.path not in lists:
        return ""
    return urlunsplit(("", "", parts.path, parts.query, ""))


def add_list(url: str, query: str) -> str:
    """The URL of a record's page with the query of the list that it was opened from."""
    return f"{url}{build_record_query(query)}"


def add_list_of_url(url: str, kind: Kind, back: str) -> str:
    """The same with the URL of that list."""
    parts = urlsplit(back)
    on_board = kind.board and parts.path == kind.get_url(BOARD)
    return add_list(url, f"{parts.query}&on={BOARD}" if on_board else parts.query)


def build_list_url(kind: Kind, data: QueryDict, *, in_trash: bool = False) -> str:
    """The URL of the list, or of the board, that has these parameters."""
    page, data = get_return_page(kind, data), data.copy()
    for name in ("bin", "on"):
        data.pop(name, None)
    return f"{kind.get_url('trash' if in_trash else page)}?{data.urlencode() or 'all=1'}"


def get_list_query(request: HttpRequest, kind: Kind) -> str:
    """The query of the list that a record's page was opened from: the form or the URL has it, or the record's page on which a
    button was pressed. '' if there is none."""
    asked = request.POST.get(LIST, "") or request.GET.get(LIST, "")
    if asked or request.method in SAFE_METHODS:
        return asked
    behind = urlsplit(get_previous_path(request))
    return QueryDict(behind.query).get(LIST, "") if behind.path.startswith(f"{kind.list_url}/") else ""


def build_place_context(request, kind: Kind, row: Any) -> dict[str, str]:
    """The list that the record was opened from: its query, the ends of URLs that keep it, of those without parameters and of others, and
    the URL of the record's row in it."""
    query = get_list_query(request, kind)
    end = add_list("", query)
    data = QueryDict(query)
    listed = build_list_url(kind, data, in_trash=row.deleted_at is not None)
    shown_as = "card" if get_return_page(kind, data) == BOARD else "row"
    return {
        "list": query,
        "list_query": end,
        "list_parameter": end.replace("?", "&", 1),
        "list_url": f"{listed}#{shown_as}-{row.pk}",
    }


def get_record_url(request: HttpRequest, kind: Kind, pk: int) -> str:
    """The URL of a record's page, on which Next and Previous stay in the list that it was opened from."""
    return add_list(kind.get_url("record", pk), get_list_query(request, kind))


def get_opening_list_url(request: HttpRequest, kind: Kind, *, in_trash: bool = False) -> str:
    """The list that a record's page was opened from, as it was. Without one it is that of all records, whose links name no list."""
    return build_list_url(kind, QueryDict(get_list_query(request, kind)), in_trash=in_trash)


def get_way_back(request: HttpRequest) -> str:
    """The list that this page was opened from; '' if its URL names none that the user may open."""
    return read_list_url(request.GET.get(BACK, ""), _get_lists(request.user))


def get_way_back_or_list(request: HttpRequest, kind: Kind, data: QueryDict, *, in_trash: bool = False) -> str:
    """The same, or the list with the parameters by which the records were selected."""
    return get_way_back(request) or build_list_url(kind, data, in_trash=in_trash)


def get_way_back_or_previous(request: HttpRequest) -> str:
    """The same, or the list on which a button was pressed."""
    return get_way_back(request) or read_list_url(get_previous_path(request), _get_lists(request.user))


def _get_lists(user) -> set[str]:
    return {
        kind.get_url(name)
        for kind in get_viewable_kinds(user)
        for name in ("list", "trash", *([BOARD] if kind.board else []))
    }
