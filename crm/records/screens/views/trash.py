"""Trash: deleted records, to restore or to delete permanently."""

from typing import Any

from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from crm.records.history.merged_records import get_survivors
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import RecordList
from crm.records.screens.views.kind_access import get_template_names, kind_view
from crm.records.screens.views.list import build_list_context


@kind_view("delete")
@require_safe
def trash(request, kind: Kind):
    listing = RecordList(kind, request.GET, request.user, in_trash=True)
    context = build_list_context(request, listing, kind.fields.TRASH, in_trash=True)
    context["merged"] = find_merged_records(kind, request.user, context["page"].ids)
    return render_response(
        request, get_template_names(kind, "trash.html"), context, fragments={"records": "records/_trash.html"}
    )


def find_merged_records(kind: Kind, user, ids: list[int]) -> list[tuple[int, Any]]:
    """Those that were merged, each with the record that they were merged into, as far as the user sees it."""
    found = get_survivors(kind.name, ids)
    rows = kind.model.objects.visible_to(user).filter(pk__any=list(found.values()))
    seen = {record.pk: record for record in rows} if found else {}
    return [(pk, seen[found[pk]]) for pk in ids if found.get(pk) in seen]
