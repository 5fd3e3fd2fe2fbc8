"""The list of users: search, filters, sorting, pages."""

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import F
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.users.filters import UserFilter
from accounts.users.tables import USERS, UserTable
from crm.platform.web.responses import render_response

SORTS = ["name", "email", "last_login"]


@permission_required("accounts.view_user", raise_exception=True)
@require_safe
def users(request):
    found = UserFilter(request.GET, User.objects.visible_to(request.user).with_names(), request=request)
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in SORTS else "name"
    rows = sort_users(found.qs, sort)
    page = Paginator(rows, request.user.rows_per_page).get_page(request.GET.get("page"))
    table = UserTable(page.object_list, columns_shown=USERS, sort=sort)
    context = {"filter": found, "page": page, "table": table, "sort": sort}
    fragments = {"users": "accounts/_users.html"}
    status = 200 if found.form.is_valid() else 400
    return render_response(request, "accounts/users.html", context, fragments=fragments, status=status)


def sort_users(rows, sort: str):
    """By name or email in alphabetical order; by last sign-in, with users who never signed in last."""
    column = sort.removeprefix("-")
    rows = rows.by_name()
    if column == "name":
        return rows.reverse() if sort.startswith("-") else rows
    ordered = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
    return rows.order_by(ordered, "id")
