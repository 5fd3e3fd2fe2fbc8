"""The list of leads: the main room. Filters, search, sort and page stand in the address."""

from django.contrib.auth.decorators import permission_required
from django.http import QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.screens import answer
from leads.bulk import actions_for
from leads.columns import columns_of, settings_of
from leads.listing import Listing, drawn
from leads.models import SavedView
from leads.search import lead_number
from leads.tables import LeadTable


@permission_required("leads.view_lead", raise_exception=True)
@require_safe
def lead_list(request):
    if number := lead_number(request.GET.get("q", "")):
        return redirect("leads:lead", number)
    settings = settings_of(request.user)
    if not request.GET and settings and settings.start_view:
        return redirect(f"{request.path}?{settings.start_view.address}")
    view = open_view(request.user, request.GET)
    listing = Listing(request.GET, request.user)
    context = list_context(request, listing, columns_of(request.user, view))
    context |= {"view": view, "views": SavedView.objects.visible_to(request.user).in_order()}
    context["may_change_view"] = view and view.owner_id == request.user.pk and differs(listing, view)
    fragments = {"leads": "leads/_list.html"}
    return answer(
        request, "leads/list.html", context, fragments=fragments, status=400 if listing.errors else 200
    )


def differs(listing: Listing, view: SavedView) -> bool:
    """Whether the list has another filter, search or sort by now than its view."""
    return bool(listing.query) and listing.query != Listing(view.parameters, listing.viewer).query


def open_view(user, data: QueryDict) -> SavedView | None:
    """The saved view that an address was opened from, if the user may see it."""
    number = data.get("view", "")
    if not number.isdecimal():
        return None
    return SavedView.objects.visible_to(user).filter(pk=number[:9]).first()


def list_context(request, listing: Listing, columns: list[str]) -> dict:
    """Everything that the table, its head and its foot show."""
    page = listing.page(request.user.rows_per_page)
    leads = drawn(page.ids, columns, viewer=request.user)
    table = LeadTable(
        leads,
        columns_shown=columns,
        sort=listing.sort,
        may_change={lead.pk for lead in leads if lead.may_change},
        query=listing.query,
    )
    return {
        "listing": listing,
        "page": page,
        "table": table,
        "chips": listing.filters.chips(),
        "actions": actions_for(request.user),
    }
