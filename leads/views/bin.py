"""The bin: leads that were put away, to restore or to remove for good."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.screens import answer
from leads.bulk import actions_for
from leads.listing import Listing
from leads.views.list import list_context

COLUMNS = ["name", "email", "company", "status", "owner", "department", "created_at", "binned_at"]


@permission_required(["leads.view_lead", "leads.delete_lead"], raise_exception=True)
@require_safe
def bin(request):
    listing = Listing(request.GET, request.user, in_bin=True)
    context = list_context(request, listing, COLUMNS) | {
        "actions": actions_for(request.user, in_bin=True),
        "in_bin": True,
    }
    return answer(request, "leads/bin.html", context, fragments={"leads": "leads/_bin.html"})
