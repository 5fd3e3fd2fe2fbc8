"""The form with all filters of the list; it leads back to the list with what was chosen in the address."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.screens import answer
from leads.filters import LeadFilter
from leads.listing import Listing
from leads.models import Lead
from leads.names import several_pipelines


@permission_required("leads.view_lead", raise_exception=True)
@require_safe
def lead_filter(request):
    listing = Listing(request.GET, request.user)
    every = LeadFilter(listing.data, Lead.objects.none(), user=request.user, every=True)
    if not several_pipelines():
        del every.filters["pipeline"]
    context = {"listing": listing, "fields": every.questions(), "view": request.GET.get("view", "")}
    return answer(request, "leads/filter.html", context, fragments={"dialog": "leads/_filter.html"})
