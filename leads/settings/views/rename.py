"""Renaming the selected statuses, sources, tags or lost reasons."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.platform.sql.reference_tables import sort_by_position
from crm.platform.web.id_parsing import parse_ids
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.settings.rename import RenameForm
from leads.settings.settings_tables import SETTINGS_TABLES


@one_at_a_time
def settings_rename(request, table):
    kind = SETTINGS_TABLES[table]
    if not request.user.has_perm(kind.get_right("change")):
        raise PermissionDenied
    rows = sort_by_position(
        kind.model.objects.in_order().filter(pk__in=parse_ids(request.GET.getlist("row")))
    )
    if not rows:
        messages.warning(request, _("Select at least one row."))
        return redirect(kind.url)
    form = RenameForm(get_posted_data(request), kind=kind, rows=rows)
    if form.is_bound and form.is_valid():
        show_change_message(request, form.write(request.user), _("Names changed."))
        return redirect(kind.url)
    title = _("Rename %(things)s") % {"things": kind.model._meta.verbose_name_plural}
    context = {"kind": kind, "form": form, "title": title}
    return render(request, "leads/settings/rename.html", context, status=422 if form.is_bound else 200)
