"""The history of imports: file, counts, undo; and what is still going on."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.screens import answer
from crm.undo import is_undone, why_not
from leads.models import Import

IMPORTS_A_PAGE = 50


@permission_required("leads.import_lead", raise_exception=True)
@require_safe
def imports(request):
    rows = Import.objects.visible_to(request.user).newest_first().select_related("user", "job", "operation")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.before(int(before))
    found = list(rows[: IMPORTS_A_PAGE + 1])
    context = {
        "imports": [(row, *undo_of(row, request.user)) for row in found[:IMPORTS_A_PAGE]],
        "older": found[IMPORTS_A_PAGE - 1].pk if len(found) > IMPORTS_A_PAGE else None,
    }
    return answer(request, "leads/imports/list.html", context)


def undo_of(imported: Import, user) -> tuple[bool, bool]:
    """Whether it is undone, and whether this user may undo it."""
    record = imported.operation
    if record is None:
        return False, False
    undone = is_undone(record)
    return undone, not undone and record.by_id == user.pk and not why_not(record, user)
