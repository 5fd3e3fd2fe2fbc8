"""Trash: deleted records, to restore or to delete permanently."""

from typing import Any

from django.views.decorators.http import require_safe

from crm.records.kinds import Kind
from crm.records.listing import Listing
from crm.records.merged import survivors
from crm.records.views.list import list_context
from crm.records.views.of_kind import of_kind, templates
from crm.web.screens import answer


@of_kind("delete")
@require_safe
def trash(request, kind: Kind):
    listing = Listing(kind, request.GET, request.user, in_trash=True)
    context = list_context(request, listing, kind.fields.TRASH, in_trash=True)
    context["merged"] = merged_among(kind, request.user, context["page"].ids)
    return answer(
        request, templates(kind, "trash.html"), context, fragments={"records": "records/_trash.html"}
    )


def merged_among(kind: Kind, user, ids: list[int]) -> list[tuple[int, Any]]:
    """Those that were merged, each with the record that they were merged into, as far as the user sees it."""
    found = survivors(kind.name, ids)
    rows = kind.model.objects.visible_to(user).filter(pk__any=list(found.values()))
    seen = {record.pk: record for record in rows} if found else {}
    return [(pk, seen[found[pk]]) for pk in ids if found.get(pk) in seen]
