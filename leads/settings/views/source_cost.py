"""A source's costs: adding, changing and removing the amount of a month."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.configuration.company import get_company_currency
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.models import Source, SourceCost
from leads.settings.forms.source_costs import CostForm
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.views.source import render_source_page

changing = permission_required("leads.change_source", raise_exception=True)


@changing
@require_POST
@one_at_a_time
def cost_new(request, pk):
    row = get_object_or_404(Source, pk=pk)
    form = CostForm(request.POST, source=row)
    if not form.is_valid():
        return render_source_page(request, row, form, status=422)
    show_change_message(request, form.write(request.user), _("Cost added."))
    return redirect("leads:source", pk)


@changing
@one_at_a_time
def cost_edit(request, pk, cost):
    entry = get_object_or_404(SourceCost.objects.select_related("source"), pk=cost, source=pk)
    form = CostForm(get_posted_data(request), source=entry.source, instance=entry)
    if form.is_bound and form.is_valid():
        show_change_message(request, form.write(request.user), _("Cost changed."))
        return redirect("leads:source", pk)
    context = {"kind": SETTINGS_TABLES["source"], "row": entry.source, "entry": entry, "form": form}
    context["currency"] = get_company_currency()
    return render_response(request, "leads/settings/cost.html", context, status=422 if form.is_bound else 200)


@changing
@require_POST
@one_at_a_time
def cost_remove(request, pk, cost):
    entry = get_object_or_404(SourceCost.objects.select_related("source"), pk=cost, source=pk)
    show_change_message(
        request, CostForm(source=entry.source, instance=entry).remove(request.user), _("Cost deleted.")
    )
    return redirect("leads:source", pk)
