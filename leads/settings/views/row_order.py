"""The order of statuses, sources, tags or lost reasons: one step up or down, several rows at once, or all by name."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.platform.sql.reference_tables import sort_by_position
from crm.platform.web.id_parsing import parse_ids
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    show_change_message,
)
from leads.settings.lists.list_page import move_row_and_redirect
from leads.settings.lists.row_order import (
    PlaceForm,
    get_sibling_rows,
    sort_by_name,
    sort_rows_by_name,
    write_order,
)
from leads.settings.rename import get_pipeline_id
from leads.settings.settings_tables import SETTINGS_TABLES, SettingsTable


@one_at_a_time
def settings_order(request, table):
    """POST with "up" or "down" moves one row by a step; GET shows what the others would do."""
    kind = SETTINGS_TABLES[table]
    if not request.user.has_perm(kind.get_right("change")):
        raise PermissionDenied
    if request.method == "POST" and {"up", "down"} & request.POST.keys():
        return move_row_and_redirect(request, kind, get_sibling_rows, _("Order changed."))
    if "name" in request.GET and table != "status":
        return sort_all_by_name(request, kind)
    rows = sort_by_position(
        kind.model.objects.in_order().filter(pk__in=parse_ids(request.GET.getlist("row")))
    )
    if not rows and request.method == "POST":
        raise Http404
    if not rows:
        messages.warning(request, _("Select at least one row."))
        return redirect(kind.url)
    if len({get_pipeline_id(row) for row in rows}) > 1:
        messages.warning(request, _("Statuses of different pipelines can’t be moved together."))
        return redirect(kind.url)
    form = PlaceForm(get_posted_data(request), rows=rows)
    if form.is_bound and form.is_valid():
        return write_order_and_redirect(request, kind, form.write, rows)
    title = _("Move %(things)s") % {"things": kind.model._meta.verbose_name_plural}
    context = {"kind": kind, "title": title, "form": form, "order": form.order, "moved": rows}
    return render(request, "leads/settings/order.html", context, status=422 if form.is_bound else 200)


def sort_all_by_name(request, kind: SettingsTable):
    if request.method == "POST":
        return write_order_and_redirect(request, kind, lambda: sort_by_name(kind), [])
    order = sort_rows_by_name(list(kind.model.objects.active()))
    title = _("Sort %(things)s by name") % {"things": kind.model._meta.verbose_name_plural}
    return render(request, "leads/settings/order.html", {"kind": kind, "title": title, "order": order})


def write_order_and_redirect(request, kind: SettingsTable, write, rows: list):
    record = write_order(kind.table, write, rows, by=request.user)
    show_change_message(request, record, _("Order changed."))
    return redirect(kind.url)
