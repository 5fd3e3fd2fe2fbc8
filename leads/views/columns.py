"""Choosing the columns of the list and their order, for oneself."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, resolve_url

from crm.screens import answer
from leads import fields
from leads.columns import columns_of, ordered
from leads.listing import Listing
from leads.models import ListSettings
from leads.tables import LeadTable


@permission_required("leads.view_lead", raise_exception=True)
def columns(request):
    listing = Listing(request.GET, request.user)
    if request.method == "POST":
        chosen = [] if "reset" in request.POST else ordered(in_places(request.POST))
        ListSettings.objects.update_or_create(user=request.user, defaults={"columns": chosen})
        return redirect(f"{resolve_url('leads:list')}?{listing.query or 'all=1'}")
    shown = columns_of(request.user)
    names = [*shown, *(name for name in fields.LIST if name not in shown)]
    choices = [(name, LeadTable.label_of(name), name in shown, place) for place, name in enumerate(names, 1)]
    context = {"listing": listing, "choices": choices}
    return answer(request, "leads/columns.html", context, fragments={"dialog": "leads/_columns.html"})


def in_places(data) -> list[str]:
    """The ticked columns by the places typed beside them; what is no number comes last."""

    def place(name: str) -> int:
        typed = data.get(f"place_{name}", "")
        return int(typed) if typed.isdecimal() and len(typed) < 4 else 999

    return sorted(data.getlist("column"), key=place)
