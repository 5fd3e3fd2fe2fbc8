"""The list of departments, retired ones last."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Department
from accounts.users.owned_objects import count_by_department
from crm.records.kinds.kind_registry import get_viewable_kinds


@permission_required("accounts.view_department", raise_exception=True)
@require_safe
def departments(request):
    rows = Department.objects.visible_to(request.user).with_member_counts().by_name()
    counts, seen = count_by_department(request.user), {kind.name for kind in get_viewable_kinds(request.user)}
    lines = [
        (row, [(kind, numbers.get(row.pk, 0), kind.name in seen) for kind, numbers in counts])
        for row in sorted(rows, key=lambda row: row.retired)
    ]
    context = {"lines": lines, "kinds": [kind for kind, _numbers in counts]}
    return render(request, "accounts/departments.html", context)
