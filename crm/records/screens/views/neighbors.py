"""Going to the next or previous record of the list you came from; and why you see a record."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import RecordList
from crm.records.listing.way_back import add_list, get_list_query
from crm.records.screens.views.kind_access import get_visible_record, kind_view


@kind_view()
@require_safe
def next_record(request, kind: Kind, pk):
    return redirect_to_neighbor(request, kind, pk, 1)


@kind_view()
@require_safe
def previous_record(request, kind: Kind, pk):
    return redirect_to_neighbor(request, kind, pk, 0)


def redirect_to_neighbor(request, kind: Kind, pk: int, side: int):
    """The neighbor on that side; at the end of the list, the user stays and gets a message."""
    record = get_visible_record(kind, request.user, pk)
    query = get_list_query(request, kind)
    found = RecordList(kind, QueryDict(query), request.user).find_neighbors(record.pk)[side]
    if found is None:
        text = (
            _("This is the last record in the list.") if side else _("This is the first record in the list.")
        )
        messages.info(request, text)
    return redirect(add_list(kind.get_url("record", found or record.pk), query))


@kind_view()
@require_safe
def why_seen(request, kind: Kind, pk):
    record = get_visible_record(kind, request.user, pk)
    context = {
        "kind": kind,
        "record": record,
        "why": kind.model.scope.describe_visibility(record, request.user, kind),
    }
    return render_response(request, "records/why.html", context, fragments={"inline": "records/_why.html"})
