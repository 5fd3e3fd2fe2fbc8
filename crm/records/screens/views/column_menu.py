"""The menu of a column: sort, filter, only or without one of its values, hide it, move it, its width."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from crm.models import SavedView
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.column_totals import get_total_in_words, has_total
from crm.records.listing.offered_filters import get_column_filters
from crm.records.listing.record_list import RecordList
from crm.records.listing.value_filters import build_page_value_filters
from crm.records.screens.views.column_choice import save_columns, save_widths
from crm.records.screens.views.kind_access import kind_view
from crm.records.screens.views.list import get_open_view
from crm.records.tables.column_widths import WidthForm, get_wider_and_narrower_widths
from crm.records.tables.list_columns import (
    get_column_widths,
    get_columns_after_move,
    get_columns_after_placement,
    get_list_columns,
)


@kind_view()
def column(request, kind: Kind, name: str):
    if name not in kind.get_listed_names("LIST", request.user):
        raise Http404
    listing = RecordList(kind, request.GET, request.user)
    view = get_open_view(kind, request.user, request.GET)
    shown = get_list_columns(kind, request.user, view)
    widths = WidthForm(request.POST, names=kind.get_listed_names("LIST", request.user))
    if request.method == "POST" and not widths.fields:
        return move_column_and_respond(request, listing, view, name, shown)
    if request.method == "POST" and widths.is_valid():
        save_widths(kind, request.user, view, widths.cleaned_data)
        return redirect_to_list(request, listing, view)
    context = build_menu_context(listing, name, shown) | {"faults": widths.faults}
    context |= {"view": request.GET.get("view", ""), "adds_up": has_total(kind, name)}
    wider, narrower = get_wider_and_narrower_widths(
        name, get_column_widths(kind, request.user, view).get(name)
    )
    context |= {"wider": wider, "narrower": narrower}
    if context["adds_up"] and "total" in request.GET:
        context["total"] = get_total_in_words(listing, name)
    fragments = {"inline": "records/_column.html", "notice": "records/_width_faults.html"}
    status = 422 if widths.faults else 200
    return render_response(request, "records/column.html", context, fragments=fragments, status=status)


def move_column_and_respond(
    request, listing: RecordList, view: SavedView | None, name: str, shown: list[str]
):
    """Hide the column or move it: past its neighbor, or behind the one it was dropped on. A view that keeps its columns
    stays as it is; the list leaves it."""
    kind, user = listing.kind, request.user
    if "after" in request.POST:
        columns = get_columns_after_placement(shown, name, request.POST["after"])
    else:
        columns = get_columns_after_move(shown, name, request.POST.get("move", ""))
    if columns is None:
        raise BadRequest
    if view and view.columns:
        save_columns(
            kind, user, columns, widths=get_column_widths(kind, user) | get_column_widths(kind, user, view)
        )
        return redirect(f"{kind.get_url('list')}?{listing.query or 'all=1'}")
    save_columns(kind, user, columns)
    return redirect_to_list(request, listing, view)


def redirect_to_list(request, listing: RecordList, view: SavedView | None):
    """A page that has changed its columns itself needs nothing more."""
    if request.htmx:
        return HttpResponse(status=204)
    query = "&".join(part for part in (view and f"view={view.pk}", listing.query) if part)
    return redirect(f"{listing.kind.get_url('list')}?{query or 'all=1'}")


def build_menu_context(listing: RecordList, name: str, shown: list[str]) -> dict:
    kind, user = listing.kind, listing.viewer
    return {
        "kind": kind,
        "listing": listing,
        "name": name,
        "label": kind.table.get_column_label(name),
        "sortable": name in kind.sorts.get_names(user),
        "sorted_by": listing.sort.removeprefix("-"),
        "ascending": listing.with_sort(name),
        "descending": listing.with_sort(f"-{name}"),
        "filters": get_column_filters(kind, name, user),
        "values": build_page_value_filters(listing, name, user.rows_per_page),
        "is_shown": name in shown,
        "place": shown.index(name) if name in shown else 0,
        "last": len(shown) - 1,
    }
