"""How many records match: exact up to ten thousand, above that on request. A separate fragment, after the table."""

from django.views.decorators.http import require_safe

from crm.records.found import get_matches_everywhere
from crm.records.kinds import Kind
from crm.records.listing import COUNT_AT_FIRST, Listing
from crm.records.tabs import counted_tabs
from crm.records.views.list import rights_of
from crm.records.views.of_kind import of_kind
from crm.web.screens import answer
from crm.web.transactions import COUNT_MILLISECONDS, limit


@of_kind()
@require_safe
def count(request, kind: Kind):
    limit(statement=COUNT_MILLISECONDS, read_only=True)
    listing = Listing(kind, request.GET, request.user)
    exact = "exact" in request.GET
    number = listing.count(None if exact else COUNT_AT_FIRST)
    more = not exact and number > COUNT_AT_FIRST
    context = {
        "kind": kind,
        "listing": listing,
        "number": COUNT_AT_FIRST if more else number,
        "more": more,
        "rights": rights_of(kind, request.user),
        **get_matches_everywhere(listing),
        "tabs": counted_tabs(kind, request.user) if request.htmx and not exact else [],
    }
    return answer(request, "records/count.html", context, fragments={"count": "records/_count.html"})
