"""Trash: deleted records, to restore or to delete permanently."""

from django.views.decorators.http import require_safe

from crm.records.kinds import Kind
from crm.records.listing import Listing
from crm.records.views.list import list_context
from crm.records.views.of_kind import of_kind, templates
from crm.web.screens import answer


@of_kind("delete")
@require_safe
def trash(request, kind: Kind):
    listing = Listing(kind, request.GET, request.user, in_trash=True)
    context = list_context(request, listing, kind.fields.TRASH, in_trash=True)
    return answer(
        request, templates(kind, "trash.html"), context, fragments={"records": "records/_trash.html"}
    )
