"""A dashboard's name and who can open it: adding, changing, deleting and copying one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reports.dashboards.arrangement import copy_dashboard
from reports.models import Dashboard
from reports.permissions import VIEW_PERMISSION
from reports.shareable_forms import DashboardForm

BOTH = ["GET", "HEAD", "POST"]


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def dashboard_new(request):
    return save_or_show_form(request, DashboardForm(request.POST or None, user=request.user))


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def dashboard_edit(request, pk):
    form = DashboardForm(request.POST or None, instance=get_own_dashboard(request, pk), user=request.user)
    return save_or_show_form(request, form)


def save_or_show_form(request, form: DashboardForm):
    if form.is_bound and form.is_valid():
        dashboard = form.save()
        messages.success(request, _("Saved the dashboard “%(name)s”.") % {"name": dashboard.name})
        return redirect("reports:dashboard", dashboard.pk)
    context = {"form": form, "dashboard": form.instance}
    return render(request, "reports/dashboard_edit.html", context, status=422 if form.is_bound else 200)


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def dashboard_delete(request, pk):
    dashboard = get_own_dashboard(request, pk)
    if request.method != "POST":
        return render(request, "reports/dashboard_delete.html", {"dashboard": dashboard})
    dashboard.delete()
    messages.success(request, _("Deleted the dashboard “%(name)s”.") % {"name": dashboard.name})
    return redirect("reports:dashboards")


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_POST
def dashboard_copy(request, pk):
    dashboard = get_object_or_404(Dashboard.objects.visible_to(request.user), pk=pk)
    copy = copy_dashboard(dashboard, request.user)
    messages.success(request, _("This copy is yours: rearrange it as you like."))
    return redirect("reports:dashboard", copy.pk)


def get_own_dashboard(request, pk) -> Dashboard:
    """Locked while the request changes it."""
    own = Dashboard.objects.changeable_by(request.user)
    return get_object_or_404(own.select_for_update() if request.method == "POST" else own, pk=pk)
