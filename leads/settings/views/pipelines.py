"""The pipelines: their list and their order."""

from django.contrib.auth.decorators import permission_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.records.editing.settings_change import one_at_a_time
from leads.models import Status
from leads.ready_pipelines.permissions import RIGHTS
from leads.settings.lists.list_page import list_page, move_row_and_redirect
from leads.settings.lists.row_order import get_sibling_rows
from leads.settings.lists.settings_lists import build_pipeline_list
from leads.settings.lists.tables import PipelineTable
from leads.settings.settings_tables import PIPELINES
from leads.settings.usage import count_by_pipeline


@permission_required("leads.view_pipeline", raise_exception=True)
@require_safe
def pipelines(request):
    numbers = count_by_pipeline(request.user)
    listing = build_pipeline_list(request.GET, numbers)
    rights = PIPELINES.get_rights(request.user)
    moves = "change" in rights and listing.is_in_full_order and len(listing.rows) > 1
    table = PipelineTable(
        list(listing.page),
        columns_shown=[
            *(["order"] if moves else []),
            "label",
            "purpose",
            "statuses",
            "departments",
            "leads",
            "edit",
        ],
        sort=listing.sort,
        numbers=numbers,
        rights=rights,
        statuses=Status.objects.group_by_pipeline(),
    )
    more = {"ticks": False, "ready_made": request.user.has_perms(RIGHTS)}
    return list_page(request, "leads/settings/pipelines.html", PIPELINES, listing, table, **more)


@permission_required("leads.change_pipeline", raise_exception=True)
@require_POST
@one_at_a_time
def pipeline_order(request):
    """Move one step up or down."""
    return move_row_and_redirect(request, PIPELINES, get_sibling_rows, _("Pipelines reordered."))
