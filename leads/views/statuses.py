"""The lead statuses: their list and their order."""

from django.contrib.auth.decorators import permission_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.records.settings_change import one_at_a_time
from leads.models import Status
from leads.names import several_pipelines
from leads.settings.kinds import KINDS
from leads.settings.lists import status_list
from leads.settings.pages import list_page, one_step
from leads.settings.tables import StatusTable
from leads.settings.usage import count_by

KIND = KINDS["status"]
COLUMNS = ["label", "kind", "hue", "most_days", "required_fields", "next_action_prompt", "leads", "edit"]


@permission_required("leads.view_status", raise_exception=True)
@require_safe
def statuses(request):
    numbers = count_by("status", request.user)
    listing = status_list(request.GET, numbers)
    rights = KIND.rights(request.user)
    columns = ["label", "pipeline", *COLUMNS[1:]] if several_pipelines() else COLUMNS
    if "change" in rights and listing.in_full_order:
        columns = ["order", *columns]
    table = StatusTable(
        list(listing.page), columns_shown=columns, sort=listing.sort, numbers=numbers, rights=rights
    )
    return list_page(request, "leads/settings/statuses.html", KIND, listing, table)


@permission_required("leads.change_status", raise_exception=True)
@require_POST
@one_at_a_time
def status_order(request):
    """Move one step up or down within its pipeline."""
    return one_step(
        request,
        KIND,
        lambda status: Status.objects.of_pipeline(status.pipeline_id).in_order(),
        _("Statuses reordered."),
    )
