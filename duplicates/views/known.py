"""A hint while a record is typed: the existing ones that may be the same, among those that the user sees."""

from django.views.decorators.http import require_safe

from crm.records.views.of_kind import of_kind
from crm.web.ids import number_of
from crm.web.screens import answer
from duplicates.known import known as known_records
from duplicates.models import DuplicateRules


@of_kind()
@require_safe
def known(request, kind):
    """`but` is the record that is being edited."""
    but = number_of(request.GET.get("but", ""))
    warns = DuplicateRules.current().warns
    found = known_records(kind.name, request.GET, request.user, but=but) if warns else []
    context = {"kind": kind, "found": found}
    return answer(request, "duplicates/known.html", context, fragments={"known": "duplicates/_known.html"})
