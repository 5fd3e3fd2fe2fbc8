"""The records of a person: choosing which are about them, then downloading or erasing what is stored."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from privacy.permissions import ERASE_PERMISSION
from privacy.person_search import find_related_records
from privacy.views.record_selection import parse_records


@permission_required("privacy.view_person_data", raise_exception=True)
@require_safe
def person(request):
    records = parse_records(request.GET)
    if not records:
        return redirect("privacy:start")
    context = {"found": find_related_records(records), "may_erase": request.user.has_perm(ERASE_PERMISSION)}
    return render_response(request, "privacy/person.html", context)
