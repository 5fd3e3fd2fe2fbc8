"""The menu of a column: sort, filter, only or without one of its values, hide it, move it."""

from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import redirect

from crm.records.columns import columns_of, moved
from crm.records.conditions import filters_of_column
from crm.records.kinds import Kind
from crm.records.listing import Listing
from crm.records.narrowing import narrowed_to_page
from crm.records.totals import has_total, total_of
from crm.records.views.columns import keep
from crm.records.views.list import view_of
from crm.records.views.of_kind import of_kind
from crm.web.screens import answer


@of_kind()
def column(request, kind: Kind, name: str):
    if name not in kind.listed("LIST", request.user):
        raise Http404
    listing = Listing(kind, request.GET, request.user)
    shown = columns_of(kind, request.user, view_of(kind, request.user, request.GET))
    if request.method == "POST":
        columns = moved(shown, name, request.POST.get("move", ""))
        if columns is None:
            raise BadRequest
        keep(kind, request.user, columns)
        return redirect(f"{kind.url('list')}?{listing.query or 'all=1'}")
    context = menu_of(listing, name, shown)
    context |= {"view": request.GET.get("view", ""), "adds_up": has_total(kind, name)}
    if context["adds_up"] and "total" in request.GET:
        context["total"] = total_of(listing, name)
    return answer(request, "records/column.html", context, fragments={"inline": "records/_column.html"})


def menu_of(listing: Listing, name: str, shown: list[str]) -> dict:
    kind, user = listing.kind, listing.viewer
    return {
        "kind": kind,
        "listing": listing,
        "name": name,
        "label": kind.table.label_of(name),
        "sortable": name in kind.sorts.names(user),
        "sorted_by": listing.sort.removeprefix("-"),
        "ascending": listing.with_sort(name),
        "descending": listing.with_sort(f"-{name}"),
        "filters": filters_of_column(kind, name, user),
        "values": narrowed_to_page(listing, name, user.rows_per_page),
        "place": shown.index(name) if name in shown else 0,
        "last": len(shown) - 1,
    }
