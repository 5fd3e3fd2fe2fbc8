"""From one lead to the next or the previous one, inside the list that one came from; and why one sees a lead."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.screens import answer
from leads.listing import Listing
from leads.views.lead import visible_lead
from leads.why import why

viewing = permission_required("leads.view_lead", raise_exception=True)


@viewing
@require_safe
def following(request, pk):
    return beside(request, pk, 1)


@viewing
@require_safe
def previous(request, pk):
    return beside(request, pk, 0)


def beside(request, pk: int, side: int):
    """The neighbour on that side; at the end of the list one stays and is told so."""
    lead = visible_lead(request.user, pk)
    query = request.GET.get("list", "")
    found = Listing(QueryDict(query), request.user).neighbours_of(lead.pk)[side]
    if found is None:
        text = _("This is the last lead of the list.") if side else _("This is the first lead of the list.")
        messages.info(request, text)
    return redirect(f"{resolve_url('leads:lead', found or lead.pk)}?list={quote(query)}")


@viewing
@require_safe
def why_seen(request, pk):
    lead = visible_lead(request.user, pk)
    context = {"lead": lead, "why": why(lead, request.user)}
    return answer(request, "leads/why.html", context, fragments={"inline": "leads/_why.html"})
