"""The history of imports: file, counts, undo, and the imports in progress."""

from django.core.exceptions import PermissionDenied
from django.views.decorators.http import require_safe

from crm.models import Import
from crm.platform.database.read_routing import on_primary
from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.responses import render_response
from crm.records.history.undo.undo_permission import get_undone_ids, may_undo_own
from crm.records.kinds.kind_registry import KINDS, get_viewable_kinds

IMPORTS_A_PAGE = 50


@on_primary
@require_safe
def imports(request):
    if not any(request.user.has_perm(kind.get_right("import")) for kind in KINDS.values()):
        raise PermissionDenied
    rows = Import.objects.visible_to(request.user).select_related("user", "job", "operation")
    found, older = get_newest_page(rows, request.GET, IMPORTS_A_PAGE)
    own = [
        kind
        for kind in get_viewable_kinds(request.user)
        if request.user.has_perms([kind.get_right("add"), kind.get_right("import")])
    ]
    context = {"imports": add_undo_states(found, request.user), "older": older, "kinds": own}
    return render_response(request, "imports/list.html", context)


def add_undo_states(imports: list[Import], user) -> list[tuple[Import, bool, bool]]:
    """Each import with whether it is undone, and whether this user may undo it."""
    undone = get_undone_ids([imported.operation for imported in imports if imported.operation])
    found = []
    for imported in imports:
        record = imported.operation
        is_undone = record is not None and record.pk in undone
        may_undo = record is not None and may_undo_own(record, user, undone=is_undone)
        found.append((imported, is_undone, may_undo))
    return found
