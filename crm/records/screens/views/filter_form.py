"""The form with all filters of a list; it leads back to the list with the choices in the URL."""

from django.http import QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.fields.conditions.periods import BETWEEN
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_alternatives import build_query_dict
from crm.records.listing.filter_urls import get_return_page
from crm.records.listing.record_list import RecordList
from crm.records.screens.views.kind_access import kind_view


@kind_view()
@require_safe
def record_filter(request, kind: Kind):
    data = read_sent_filters(kind, request.GET) if "chosen" in request.GET else request.GET
    listing, shown_on = RecordList(kind, data, request.user), get_return_page(kind, request.GET)
    view = request.GET.get("view", "")
    if "chosen" in request.GET and not kind.filters.find_day_errors(listing.data):
        return redirect(f"{kind.get_url(shown_on)}?{build_list_query(listing, view)}")
    nothing = kind.model.objects.none()
    every = kind.filters(listing.data, nothing, user=request.user, kind=kind, asked=kind.filters.base_filters)
    context = {
        "kind": kind,
        "listing": listing,
        "fields": every.build_questions(),
        "asked": [parameter for item in every.filters.values() for parameter in item.parameters],
        "view": view,
        "shown_on": shown_on,
    }
    return render_response(
        request, "records/filter.html", context, fragments={"dialog": "records/_filter.html"}
    )


def read_sent_filters(kind: Kind, data: QueryDict) -> QueryDict:
    """What the form sent; `between` names the periods that were between two days when it was opened."""
    before = build_query_dict({name: [BETWEEN] for name in data.getlist("between")})
    return kind.filters.read_sent_periods(data, before)


def build_list_query(listing: RecordList, view: str) -> str:
    """The query of the list with the filters that the form sent."""
    found = listing.kind.filters.replace_day_words(QueryDict(listing.query))
    if view:
        found = found.copy()
        found["view"] = view
    return found.urlencode() or "all=1"
