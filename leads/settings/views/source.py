"""The page of one source: where it is used, its monthly costs, its history."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from crm.platform.configuration.company import get_company_currency
from crm.platform.web.responses import render_response
from leads.models import Source
from leads.settings.forms.source_costs import CostForm, group_costs_by_year
from leads.settings.row_history import get_row_history
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import get_setting_usage

KIND = SETTINGS_TABLES["source"]


@permission_required("leads.view_source", raise_exception=True)
@require_safe
def source(request, pk):
    row = get_object_or_404(Source, pk=pk)
    return render_source_page(request, row, CostForm(source=row))


def render_source_page(request, row: Source, form: CostForm, *, status: int = 200):
    """With the form for a month's cost, as submitted if it had errors."""
    context = {
        "kind": KIND,
        "row": row,
        "rights": KIND.get_rights(request.user),
        "usage": get_setting_usage("source", row, request.user),
        "years": group_costs_by_year(row),
        "form": form,
        "currency": get_company_currency(),
        "history": get_row_history(row, "source"),
    }
    return render_response(request, "leads/settings/source.html", context, status=status)
