"""The statuses of leads and the stages of deals: their list."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from leads.models import Pipeline
from leads.ready_pipelines.permissions import RIGHTS
from leads.settings.lists.list_page import build_list_table, list_page
from leads.settings.lists.settings_lists import build_status_list
from leads.settings.lists.tables import StatusTable
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import count_records_by_row

KIND = SETTINGS_TABLES["status"]
COLUMNS = [
    "label", "pipeline", "kind", "probability", "hue", "most_days", "required_fields", "next_action_prompt", "leads", "edit",
]  # fmt: skip


@permission_required("leads.view_status", raise_exception=True)
@require_safe
def statuses(request):
    numbers = count_records_by_row("status", request.user)
    listing = build_status_list(request.GET, numbers)
    table = build_list_table(StatusTable, KIND, listing, COLUMNS, request.user, numbers=numbers)
    deals = Pipeline.objects.of_deals().active().in_order().first()
    more = {"deals": deals, "ready_made": request.user.has_perms(RIGHTS)}
    return list_page(request, "leads/settings/statuses.html", KIND, listing, table, **more)
