"""The form with all filters of a list; it leads back to the list with the choices in the URL."""

from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import get_return_page
from crm.records.listing.record_list import RecordList
from crm.records.screens.views.kind_access import kind_view


@kind_view()
@require_safe
def record_filter(request, kind: Kind):
    listing = RecordList(kind, request.GET, request.user)
    nothing = kind.model.objects.none()
    every = kind.filters(listing.data, nothing, user=request.user, kind=kind, asked=kind.filters.base_filters)
    context = {
        "kind": kind,
        "listing": listing,
        "fields": every.build_questions(),
        "asked": [parameter for item in every.filters.values() for parameter in item.parameters],
        "view": request.GET.get("view", ""),
        "shown_on": get_return_page(kind, request.GET),
    }
    return render_response(
        request, "records/filter.html", context, fragments={"dialog": "records/_filter.html"}
    )
