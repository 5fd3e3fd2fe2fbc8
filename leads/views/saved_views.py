"""Saved views: the list of them, saving the present list under a name, changing, removing, the one to start with."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.screens import answer
from leads.columns import settings_of
from leads.forms import SavedViewForm
from leads.listing import Listing
from leads.models import ListSettings, SavedView
from leads.views.list import open_view

viewing = permission_required("leads.view_lead", raise_exception=True)


@viewing
@require_safe
def saved_views(request):
    settings = settings_of(request.user)
    views = (
        SavedView.objects.visible_to(request.user)
        .in_order()
        .select_related("owner", "role__role", "department")
    )
    context = {"views": views, "start_view": settings.start_view_id if settings else None}
    return answer(request, "leads/views.html", context)


@viewing
def save_view(request):
    """The filter, search and sort of the address, under a name."""
    listing = Listing(request.GET, request.user)
    seen = open_view(request.user, request.GET)
    form = SavedViewForm(request.POST or None, user=request.user, query=listing.query, seen=seen)
    if request.method == "POST" and form.is_valid():
        view = form.save()
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return redirect(f"{resolve_url('leads:list')}?{view.address}")
    context = {"form": form, "listing": listing, "action": request.get_full_path()}
    fragments = {"dialog": "leads/_save_view.html"}
    return answer(
        request, "leads/save_view.html", context, fragments=fragments, status=422 if form.is_bound else 200
    )


@viewing
def edit_view(request, pk):
    view = own_view(request, pk)
    listing = Listing(request.GET if request.GET else view.parameters, request.user)
    form = SavedViewForm(
        request.POST or None, instance=view, user=request.user, query=listing.query, seen=view
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return redirect(f"{resolve_url('leads:list')}?{view.address}")
    context = {"form": form, "listing": listing, "action": request.get_full_path(), "view": view}
    fragments = {"dialog": "leads/_save_view.html"}
    return answer(
        request, "leads/save_view.html", context, fragments=fragments, status=422 if form.is_bound else 200
    )


@viewing
def remove_view(request, pk):
    view = own_view(request, pk)
    if request.method != "POST":
        return answer(request, "leads/remove_view.html", {"view": view})
    view.delete()
    messages.success(
        request, _("The view “%(name)s” is removed. Leads are not touched.") % {"name": view.name}
    )
    return redirect("leads:views")


@viewing
@require_POST
def start_with(request, pk):
    """Open the list with this view; pressed again, with all leads."""
    view = SavedView.objects.visible_to(request.user).filter(pk=pk).first()
    if view is None:
        raise Http404
    settings, _made = ListSettings.objects.get_or_create(user=request.user)
    settings.start_view = None if settings.start_view_id == view.pk else view
    settings.save(update_fields=["start_view"])
    return redirect("leads:views")


def own_view(request, pk: int) -> SavedView:
    view = SavedView.objects.owned_by(request.user).filter(pk=pk).first()
    if view is None:
        raise Http404
    return view
