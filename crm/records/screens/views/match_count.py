"""How many records match: exact up to ten thousand, above that on request. A separate fragment, after the table."""

from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from crm.platform.web.transactions import COUNT_MILLISECONDS, set_transaction_limits
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import RecordList, count_matches
from crm.records.listing.search.search_results import get_matches_everywhere
from crm.records.listing.tabs import get_tabs_with_counts
from crm.records.screens.views.kind_access import kind_view
from crm.records.screens.views.list import get_rights


@kind_view()
@require_safe
def count(request, kind: Kind):
    set_transaction_limits(statement=COUNT_MILLISECONDS, read_only=True)
    listing = RecordList(kind, request.GET, request.user)
    exact = "exact" in request.GET
    number, more = count_matches(listing, exact=exact)
    context = {
        "kind": kind,
        "listing": listing,
        "number": number,
        "more": more,
        "rights": get_rights(kind, request.user),
        **get_matches_everywhere(listing),
        "tabs": get_tabs_with_counts(kind, request.user) if request.htmx and not exact else [],
    }
    return render_response(request, "records/count.html", context, fragments={"count": "records/_count.html"})
