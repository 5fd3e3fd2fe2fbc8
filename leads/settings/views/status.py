"""The page of one status: its contract in words, where it is used, its history."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from leads.models import Status
from leads.settings.lists.tables import describe_kind, describe_requirements, get_next_statuses
from leads.settings.row_history import get_row_history
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import count_incomplete_records, get_setting_usage
from leads.statuses.reference_tables import join_field_labels

KIND = SETTINGS_TABLES["status"]


@permission_required("leads.view_status", raise_exception=True)
@require_safe
def status(request, pk):
    row = get_object_or_404(Status.objects.select_related("pipeline"), pk=pk)
    lacking = count_incomplete_records(row, request.user)
    context = {
        "kind": KIND,
        "row": row,
        "rights": KIND.get_rights(request.user),
        "kind_words": describe_kind(row),
        "needed": describe_requirements(row),
        "next_statuses": [next_one.label for next_one in get_next_statuses(row)],
        "usage": get_setting_usage("status", row, request.user),
        "incomplete": [
            (join_field_labels([name], row.pipeline.kind.model), number) for name, number in lacking.items()
        ],
        "history": get_row_history(row, "status"),
    }
    return render_response(request, "leads/settings/status.html", context)
