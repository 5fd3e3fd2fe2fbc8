"""The list of leads as another user sees it: for administrators, only to read, and noted each time."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Inspection
from accounts.rights import changeable_user, visible_user
from crm.screens import answer
from leads.columns import columns_of
from leads.listing import Listing, drawn
from leads.tables import LeadTable


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def user_inspect(request, pk):
    person = changeable_user(request.user, pk)
    if not request.user.is_administrator or not person.is_active:
        raise PermissionDenied
    Inspection.objects.create(by=request.user, user=person)
    return redirect("user_sees", pk)


@permission_required("accounts.change_user", raise_exception=True)
@require_safe
def user_sees(request, pk):
    if not request.user.is_administrator:
        raise PermissionDenied
    person = visible_user(request.user, pk)
    inspection = Inspection.objects.fresh(request.user, person).newest_first().first()
    if inspection is None or not person.is_active:
        raise Http404
    listing = Listing(request.GET, person)
    context = list_context(request, listing, person) | {"person": person, "inspection": inspection}
    fragments = {"leads": "accounts/_user_sees.html"}
    status = 400 if listing.errors else 200
    return answer(request, "accounts/user_sees.html", context, fragments=fragments, status=status)


def list_context(request, listing: Listing, person) -> dict:
    """The table with the columns that the user has, and nothing in it that could be changed."""
    columns = columns_of(person)
    page = listing.page(request.user.rows_per_page)
    table = LeadTable(
        drawn(page.ids, columns),
        columns_shown=columns,
        sort=listing.sort,
        may_change=set(),
        query="",
    )
    count = listing.count()
    return {
        "listing": listing,
        "page": page,
        "table": table,
        "chips": listing.filters.chips(),
        "count": count,
    }
