"""The lead sources: their list, with what each cost this year."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from leads.settings.lists.list_page import build_list_table, list_page
from leads.settings.lists.settings_lists import build_source_list, get_costs_of_year
from leads.settings.lists.tables import SourceTable
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import count_records_by_row

KIND = SETTINGS_TABLES["source"]
COLUMNS = ["label", "kind", "contact_within", "cost", "leads", "edit"]


@permission_required("leads.view_source", raise_exception=True)
@require_safe
def sources(request):
    numbers, costs = count_records_by_row("source", request.user), get_costs_of_year()
    listing = build_source_list(request.GET, numbers, costs)
    table = build_list_table(SourceTable, KIND, listing, COLUMNS, request.user, numbers=numbers, costs=costs)
    return list_page(request, "leads/settings/sources.html", KIND, listing, table)
