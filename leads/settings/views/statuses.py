"""The statuses of leads and the stages of deals: their list."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from leads.models import Pipeline
from leads.settings.lists.list_page import list_page, table_of
from leads.settings.lists.settings_lists import status_list
from leads.settings.lists.tables import StatusTable
from leads.settings.settings_kinds import KINDS
from leads.settings.usage import count_by

KIND = KINDS["status"]
COLUMNS = [
    "label", "pipeline", "kind", "probability", "hue", "most_days", "required_fields", "next_action_prompt", "leads", "edit",
]  # fmt: skip


@permission_required("leads.view_status", raise_exception=True)
@require_safe
def statuses(request):
    numbers = count_by("status", request.user)
    listing = status_list(request.GET, numbers)
    table = table_of(StatusTable, KIND, listing, COLUMNS, request.user, numbers=numbers)
    deals = Pipeline.objects.of_deals().active().in_order().first()
    return list_page(request, "leads/settings/statuses.html", KIND, listing, table, deals=deals)
