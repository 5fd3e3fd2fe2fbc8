"""The history of imports: file, counts, undo; and what is still going on."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.screens import answer
from crm.undo import undone_among, why_not
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
        "imports": with_undo(found[:IMPORTS_A_PAGE], request.user),
        "older": found[IMPORTS_A_PAGE - 1].pk if len(found) > IMPORTS_A_PAGE else None,
    }
    return answer(request, "leads/imports/list.html", context)


def with_undo(imports: list[Import], user) -> list[tuple[Import, bool, bool]]:
    """Each with whether it is undone, and whether this user may undo it."""
    undone = undone_among([imported.operation for imported in imports if imported.operation])
    found = []
    for imported in imports:
        record = imported.operation
        is_undone = record is not None and record.pk in undone
        may_undo = (
            record is not None and record.by_id == user.pk and not why_not(record, user, undone=is_undone)
        )
        found.append((imported, is_undone, may_undo))
    return found
