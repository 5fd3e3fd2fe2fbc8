"""Export receipts: who exported which records, when, how many, and the file while it is kept."""

from django.contrib.auth.decorators import user_passes_test
from django.core.exceptions import PermissionDenied
from django.views.decorators.http import require_safe

from crm.models import Export
from crm.platform.database.read_routing import on_primary
from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS, get_viewable_kinds
from crm.records.listing.way_back import get_way_back

RECEIPTS_A_PAGE = 50


def may_export(user) -> bool:
    """Whether the user may export any kind of record. Raises PermissionDenied if not."""
    if not any(user.has_perm(kind.get_right("export")) for kind in KINDS.values()):
        raise PermissionDenied
    return True


exporting = user_passes_test(may_export)


@on_primary
@exporting
@require_safe
def exports(request):
    rows = Export.objects.visible_to(request.user).select_related("user", "decided_by", "job")
    found, older = get_newest_page(rows, request.GET, RECEIPTS_A_PAGE)
    context = {
        "going_on": any(export.has_unfinished_job for export in found),
        "exports": [(export, KINDS.get(export.table)) for export in found],
        "decidable": set(Export.objects.decidable_by(request.user).values_list("pk", flat=True)),
        "older": older,
        "way_back": get_way_back(request),
        "kinds": [
            kind
            for kind in get_viewable_kinds(request.user)
            if request.user.has_perm(kind.get_right("export"))
        ],
    }
    return render_response(
        request, "exports/list.html", context, fragments={"exports": "exports/_receipts.html"}
    )
