"""Saved views: their list, saving the current list under a name, changing, deleting, the start view."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.models import ListSettings, SavedView
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import get_return_page
from crm.records.listing.personal_filters import get_personal_reason, is_personal
from crm.records.listing.record_list import RecordList
from crm.records.listing.saved_view_form import SavedViewForm
from crm.records.listing.saved_view_use import annotate_uses, describe_view_uses, get_view_use
from crm.records.screens.views.kind_access import kind_view
from crm.records.screens.views.list import find_visible_view, get_open_view
from crm.records.tables.list_columns import get_start_view_id

ORDERS = {"used": ["last_sign", "people", "id"], "-used": ["-last_sign", "-people", "id"]}


@kind_view()
@require_safe
def saved_views(request, kind: Kind):
    """In the order of the tabs, or by their last use: `sort=used` starts with those that no one uses."""
    sort = request.GET.get("sort", "")
    views = annotate_uses(SavedView.objects.of_table(kind.name).visible_to(request.user).in_order())
    views = views.select_related("owner", "role__role", "department")
    found = list(views.order_by(*ORDERS[sort])) if sort in ORDERS else list(views)
    context = {
        "kind": kind,
        "rows": describe_view_uses(found, request.user),
        "personal": [row.pk for row in found if row.shared and is_personal(kind, row.query, request.user)],
        "start_view": get_start_view_id(kind, request.user),
        "sort": sort if sort in ORDERS else "",
    }
    return render_response(request, "records/views.html", context)


@kind_view()
def save_view(request, kind: Kind):
    """Save the URL's filter, search and sort under a name; with `copy`, the name says what it is a copy of."""
    listing = RecordList(kind, request.GET, request.user)
    seen = get_open_view(kind, request.user, request.GET)
    told = {"kind": kind, "user": request.user, "query": listing.query, "seen": seen}
    if seen and "copy" in request.GET:
        told["initial"] = {"name": (_("Copy of %(name)s") % {"name": seen.name})[:60]}
    form = SavedViewForm(request.POST or None, **told)
    return save_or_render_view_form(request, kind, form, listing)


@kind_view()
def edit_view(request, kind: Kind, pk):
    view = get_own_view(request, kind, pk)
    listing = RecordList(kind, request.GET if request.GET else view.parameters, request.user)
    form = SavedViewForm(
        request.POST or None, instance=view, kind=kind, user=request.user, query=listing.query, seen=view
    )
    return save_or_render_view_form(request, kind, form, listing, view=view)


def save_or_render_view_form(
    request, kind: Kind, form: SavedViewForm, listing: RecordList, view: SavedView | None = None
):
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("Saved the view “%(name)s”.") % {"name": saved.name})
        return redirect(f"{kind.get_url(get_return_page(kind, request.GET))}?{saved.address}")
    context = {
        "kind": kind,
        "form": form,
        "listing": listing,
        "action": request.get_full_path(),
        "view": view,
        "differs_by_user": get_personal_reason(listing) if form.may_share else "",
    }
    fragments = {"dialog": "records/_save_view.html"}
    status = 422 if form.is_bound else 200
    return render_response(request, "records/save_view.html", context, fragments=fragments, status=status)


@kind_view()
def remove_view(request, kind: Kind, pk):
    view = get_own_view(request, kind, pk)
    if request.method != "POST":
        context = {"kind": kind, "view": view, "used": get_view_use(view, request.user)}
        return render_response(request, "records/remove_view.html", context)
    view.delete()
    messages.success(request, _("Deleted the view “%(name)s”.") % {"name": view.name})
    return redirect(kind.get_url("views"))


@kind_view()
@require_POST
def start_with(request, kind: Kind, pk):
    """Open the list with this view; clicked again, with all records."""
    view = find_visible_view(kind, request.user, pk)
    if view is None:
        raise Http404
    own, _made = ListSettings.objects.select_for_update().get_or_create(user=request.user)
    own.start_views = own.start_views | {kind.name: None if own.start_views.get(kind.name) == pk else pk}
    own.save(update_fields=["start_views"])
    return redirect(kind.get_url("views"))


def get_own_view(request, kind: Kind, pk: int) -> SavedView:
    view = SavedView.objects.of_table(kind.name).owned_by(request.user).filter(pk=pk).first()
    if view is None:
        raise Http404
    return view
