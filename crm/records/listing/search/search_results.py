"""Searches beyond the list that is open: the record with a number, the best matches, and what an empty list says."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from crm.models import SavedView
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import build_view_parameter
from crm.records.listing.record_list import RecordList, get_records_for_page
from crm.records.listing.search.search_ranking import RANKED
from crm.records.listing.search.spelling_suggestions import suggest_spelling
from crm.records.listing.tabs import COUNT_LIMIT, format_short_count


def get_best_matches(kind: Kind, text: str, viewer: Any, most: int) -> list[Any]:
    """The best matches of a search among the records that the viewer sees."""
    data = QueryDict(urlencode({"q": text, RANKED: 1}))
    return get_records_for_page(kind, RecordList(kind, data, viewer).get_page(most).ids)


def find_record_url_by_number(kinds: list[Kind], text: str, user) -> str:
    """The page of the record with this number, in the first kind with one that the user sees."""
    for kind in kinds:
        if (number := kind.search.parse_id(text)) and kind.model.objects.filter(pk=number).visible_to(
            user
        ).exists():
            return kind.get_url("record", number)
    return ""


def get_matches_everywhere(listing: RecordList) -> dict[str, Any]:
    """How many records the search of a narrowed list finds without its filters: `elsewhere` as a number, of which COUNTED + 1
    means more, `counted` in words, and `everywhere` as a query."""
    if not (listing.search and listing.filters.conditions):
        return {"elsewhere": 0}
    query = urlencode({"all": 1, "q": listing.search})
    count = RecordList(listing.kind, QueryDict(query), listing.viewer).count(COUNT_LIMIT)
    return {"elsewhere": count, "counted": format_short_count(count), "everywhere": query}


def build_search_elsewhere_context(listing: RecordList, view: SavedView | None) -> dict[str, Any]:
    """What a list says about a search that finds nothing in it, as template context; {} without a search."""
    if not listing.search:
        return {}
    everywhere = get_matches_everywhere(listing)
    meant = "" if everywhere["elsewhere"] else suggest_spelling(listing.kind, listing.search, listing.viewer)
    in_view = build_view_parameter(view and view.pk)
    return everywhere | {
        "number_asked": listing.kind.search.parse_id(listing.search) is not None,
        "meant": meant,
        "meant_query": _build_search_query(listing, meant, in_view) if meant else "",
        "cleared": f"{_build_query_with_search(listing, '')}{in_view}",
    }


def _build_query_with_search(listing: RecordList, text: str) -> str:
    """The query of the same list with another search, or with none."""
    data = QueryDict(listing.query, mutable=True)
    for name in ("q", RANKED):
        data.pop(name, None)
    if text:
        data["q"] = text
    return data.urlencode() or "all=1"


def _build_search_query(listing: RecordList, text: str, in_view: str) -> str:
    """The same list with this search if it finds something there, otherwise all records with it."""
    here = _build_query_with_search(listing, text)
    if RecordList(listing.kind, QueryDict(here), listing.viewer).count(1):
        return f"{here}{in_view}"
    return urlencode({"all": 1, "q": text})
