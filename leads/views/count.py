"""How many leads match: exact up to ten thousand, beyond that on request. A fragment of its own, after the table."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.screens import answer
from crm.transactions import COUNT_MILLISECONDS, limit
from leads.listing import COUNT_AT_FIRST, Listing


@permission_required("leads.view_lead", raise_exception=True)
@require_safe
def count(request):
    limit(statement=COUNT_MILLISECONDS, read_only=True)
    listing = Listing(request.GET, request.user)
    exact = "exact" in request.GET
    number = listing.count(None if exact else COUNT_AT_FIRST)
    more = not exact and number > COUNT_AT_FIRST
    context = {"listing": listing, "number": COUNT_AT_FIRST if more else number, "more": more}
    return answer(request, "leads/count.html", context, fragments={"count": "leads/_count.html"})
