"""Suggestions for a field that links to a record of this kind: the names that a user may choose, by what they type."""

from django.views.decorators.http import require_safe

from crm.fields.types.record_links import get_record_label as chosen
from crm.platform.audit.viewing_entries import record_search
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.search.search_results import get_best_matches
from crm.records.screens.views.kind_access import kind_view

FIRST = 10


@kind_view()
@require_safe
def link_suggestions(request, kind: Kind):
    """The text is that of the field."""
    field = request.GET.get("field", kind.name)
    text = request.GET.get("q", "") or request.GET.get(field, "")
    record_search(kind.name, text)
    found = get_best_matches(kind, text, request.user, FIRST) if text.strip() else []
    names = [(chosen(record), record.subtitle) for record in found]
    context = {"kind": kind, "text": text, "names": names}
    fragments = {f"id_{field}_found": "records/_named.html"}
    return render_response(request, "records/named.html", context, fragments=fragments)
