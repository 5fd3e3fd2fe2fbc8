"""Suggestions for a field that links to a record of this kind: the names that a user may choose, by what they type."""

from django.http import QueryDict
from django.views.decorators.http import require_safe

from crm.audit.reads import searched
from crm.fields.links import named as chosen
from crm.records.kinds import Kind
from crm.records.listing import Listing, drawn
from crm.records.views.of_kind import of_kind
from crm.web.screens import answer

FIRST = 10


@of_kind()
@require_safe
def named(request, kind: Kind):
    """The text is that of the field, which has the name of the kind."""
    text = request.GET.get("q", "") or request.GET.get(kind.name, "")
    searched(kind.name, text)
    asked = QueryDict(mutable=True)
    asked["q"] = text
    ids = Listing(kind, asked, request.user).page(FIRST).ids if text.strip() else []
    names = [(chosen(record), record.subtitle) for record in drawn(kind, ids)]
    context = {"kind": kind, "text": text, "names": names}
    return answer(
        request, "records/named.html", context, fragments={f"id_{kind.name}_found": "records/_named.html"}
    )
