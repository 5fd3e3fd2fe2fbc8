"""A hint while a record is typed: the existing ones that may be the same, among those that the user sees."""

from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import number_of
from crm.platform.web.responses import answer
from crm.records.screens.views.kind_access import of_kind
from duplicates.models import DuplicateRules
from duplicates.similar_records import known as known_records


@of_kind()
@require_safe
def known(request, kind):
    """`but` is the record that is being edited."""
    but = number_of(request.GET.get("but", ""))
    warns = DuplicateRules.current().warns
    found = known_records(kind.name, request.GET, request.user, but=but) if warns else []
    context = {"kind": kind, "found": found}
    return answer(request, "duplicates/known.html", context, fragments={"known": "duplicates/_known.html"})
