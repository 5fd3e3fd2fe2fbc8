"""The lists as another user sees them, and what that user may do: for administrators, read-only, and logged each time."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Inspection
from accounts.roles.permission_summary import build_permission_summary, count_changeable
from accounts.users.user_access import get_changeable_user, get_visible_user
from crm.platform.web.responses import render_response
from crm.platform.web.security_log import write_security_line
from crm.records.kinds.kind_registry import Kind, get_viewable_kinds
from crm.records.listing.record_list import RecordList, get_records_for_page
from crm.records.tables.list_columns import get_column_widths, get_list_columns


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def user_inspect(request, pk):
    person = get_changeable_user(request.user, pk)
    if not request.user.is_administrator or not person.is_active:
        raise PermissionDenied
    Inspection.objects.create(by=request.user, user=person)
    write_security_line("viewed_as", of=person.pk, of_email=person.email)
    return redirect("user_sees", pk)


@permission_required("accounts.change_user", raise_exception=True)
@require_safe
def user_sees(request, pk):
    if not request.user.is_administrator:
        raise PermissionDenied
    person = get_visible_user(request.user, pk)
    inspection = Inspection.objects.fresh(request.user, person).newest_first().first()
    if inspection is None or not person.is_active:
        raise Http404
    kinds = get_viewable_kinds(person) or get_viewable_kinds(request.user)
    kind = next((kind for kind in kinds if kind.name == request.GET.get("of")), kinds[0])
    listing = RecordList(kind, request.GET, person)
    context = build_list_context(request, listing, person)
    context |= {"person": person, "inspection": inspection, "kinds": kinds}
    context["permitted"] = build_permission_summary(person, kind)
    fragments = {"records": "accounts/_user_sees.html"}
    status = 400 if listing.errors else 200
    return render_response(request, "accounts/user_sees.html", context, fragments=fragments, status=status)


def build_list_context(request, listing: RecordList, person) -> dict:
    """The table with the user's columns, without anything that could be changed."""
    kind: Kind = listing.kind
    columns = get_list_columns(kind, person)
    page = listing.get_page(request.user.rows_per_page)
    table = kind.table(
        get_records_for_page(kind, page.ids, columns),
        columns_shown=columns,
        sort=listing.sort,
        sortable=kind.sorts.get_names(listing.viewer),
        widths=get_column_widths(kind, person),
    )
    return {
        "kind": kind,
        "words": kind.words,
        "listing": listing,
        "page": page,
        "table": table,
        "chips": listing.filters.build_chips(),
        "count": listing.count(),
        "changeable": count_changeable(listing),
    }
