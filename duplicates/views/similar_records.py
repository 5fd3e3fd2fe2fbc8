"""A hint while a record is typed: the existing ones that may be the same, among those that the user sees."""

from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.screens.views.kind_access import kind_view
from duplicates.models import DuplicateRules
from duplicates.similar_records import find_similar_records as known_records


@kind_view()
@require_safe
def similar_records(request, kind):
    """`but` is the record that is being edited."""
    but = parse_number(request.GET.get("but", ""))
    warns = DuplicateRules.get_current().warns
    found = known_records(kind.name, request.GET, request.user, but=but) if warns else []
    context = {"kind": kind, "found": found}
    return render_response(
        request, "duplicates/known.html", context, fragments={"known": "duplicates/_known.html"}
    )
