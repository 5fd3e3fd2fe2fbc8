"""Suggestions for a field that links to a record of this kind: the names that a user may choose, by what they type."""

from django.views.decorators.http import require_safe

from crm.audit.reads import searched
from crm.fields.links import named as chosen
from crm.records.found import first_found
from crm.records.kinds import Kind
from crm.records.views.of_kind import of_kind
from crm.web.screens import answer

FIRST = 10


@of_kind()
@require_safe
def named(request, kind: Kind):
    """The text is that of the field."""
    field = request.GET.get("field", kind.name)
    text = request.GET.get("q", "") or request.GET.get(field, "")
    searched(kind.name, text)
    found = first_found(kind, text, request.user, FIRST) if text.strip() else []
    names = [(chosen(record), record.subtitle) for record in found]
    context = {"kind": kind, "text": text, "names": names}
    fragments = {f"id_{field}_found": "records/_named.html"}
    return answer(request, "records/named.html", context, fragments=fragments)
