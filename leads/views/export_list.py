"""The receipts of exports: who took which leads out, when, how many, and the file again while it lives."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.screens import answer
from leads.models import Export

RECEIPTS_A_PAGE = 50


@permission_required("leads.export_lead", raise_exception=True)
@require_safe
def exports(request):
    rows = Export.objects.visible_to(request.user).newest_first().select_related("user", "decided_by")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.before(int(before))
    found = list(rows[: RECEIPTS_A_PAGE + 1])
    context = {
        "exports": found[:RECEIPTS_A_PAGE],
        "decidable": set(Export.objects.decidable_by(request.user).values_list("pk", flat=True)),
        "older": found[RECEIPTS_A_PAGE - 1].pk if len(found) > RECEIPTS_A_PAGE else None,
    }
    return answer(
        request, "leads/exports/list.html", context, fragments={"exports": "leads/exports/_list.html"}
    )
