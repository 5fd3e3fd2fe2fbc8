"""Retiring a department: only when nobody and nothing is in it; else the page says what is in the way."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Department, User
from leads.models import Lead

retiring = permission_required("accounts.delete_department", raise_exception=True)


@retiring
def department_retire(request, pk):
    departments = Department.objects.visible_to(request.user)
    if request.method == "POST":
        departments = departments.select_for_update()
    department = get_object_or_404(departments, pk=pk)
    if department.retired:
        return redirect("departments")
    obstacles = in_the_way_of(department)
    if request.method == "POST" and not any(obstacles.values()):
        department.retired = True
        department.save(update_fields=["retired"])
        messages.success(
            request, _("%(name)s is retired. It can be used again at any time.") % {"name": department}
        )
        return redirect("departments")
    may_move = request.user.has_perm("leads.assign_lead") and request.user.has_perm("leads.bulk_lead")
    context = {
        "department": department,
        "free": not any(obstacles.values()),
        "may_move": may_move,
        **obstacles,
    }
    return render(
        request, "accounts/department_retire.html", context, status=422 if request.method == "POST" else 200
    )


def in_the_way_of(department: Department) -> dict:
    """Active members, leads out of the bin, and whether it is the only one left."""
    return {
        "members": User.objects.active().in_departments([department.pk]).count(),
        "leads": Lead.objects.present().in_department(department).count(),
        "only_one": not Department.objects.active().exclude(pk=department.pk).exists(),
    }


@retiring
@require_POST
def department_restore(request, pk):
    department = get_object_or_404(Department.objects.visible_to(request.user), pk=pk)
    department.retired = False
    department.save(update_fields=["retired"])
    messages.success(request, _("%(name)s is in use again.") % {"name": department})
    return redirect("departments")
