"""The form with all filters of a list; it leads back to the list with the choices in the URL."""

from django.views.decorators.http import require_safe

from crm.platform.web.responses import answer
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import shown_on
from crm.records.listing.record_list import Listing
from crm.records.screens.views.kind_access import of_kind


@of_kind()
@require_safe
def record_filter(request, kind: Kind):
    listing = Listing(kind, request.GET, request.user)
    nothing = kind.model.objects.none()
    every = kind.filters(listing.data, nothing, user=request.user, kind=kind, asked=kind.filters.base_filters)
    context = {
        "kind": kind,
        "listing": listing,
        "fields": every.questions(),
        "asked": [parameter for item in every.filters.values() for parameter in item.parameters],
        "view": request.GET.get("view", ""),
        "shown_on": shown_on(kind, request.GET),
    }
    return answer(request, "records/filter.html", context, fragments={"dialog": "records/_filter.html"})
