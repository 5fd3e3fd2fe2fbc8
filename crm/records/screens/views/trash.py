"""Trash: deleted records, to restore or to delete permanently."""

from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from crm.records.history.merged_records import find_merged_records
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
    fragments = {"records": "records/_trash.html"}
    status = 400 if listing.errors else 200
    return render_response(
        request, get_template_names(kind, "trash.html"), context, fragments=fragments, status=status
    )
