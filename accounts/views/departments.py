"""The list of departments, the retired ones at the end."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Department
from leads.settings.usage import count_by


@permission_required("accounts.view_department", raise_exception=True)
@require_safe
def departments(request):
    rows = Department.objects.visible_to(request.user).with_member_counts().by_name()
    leads = count_by("department", request.user)
    lines = sorted(((row, leads.get(row.pk, 0)) for row in rows), key=lambda line: line[0].retired)
    return render(request, "accounts/departments.html", {"lines": lines})
