"""Retire a department: only if it has no members and no records and no rule gives it any; otherwise the page says what is
in the way."""

from typing import TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Department, User
from accounts.users.edit_conflicts import lock_account_changes
from accounts.users.owned_objects import get_owned_kinds
from crm.records.kinds.kind_registry import Kind, get_viewable_kinds
from crm.records.kinds.record_uses import Uses, get_uses

retiring = permission_required("accounts.delete_department", raise_exception=True)


@retiring
def department_retire(request, pk):
    if request.method == "POST":
        lock_account_changes()
    department = get_object_or_404(Department.objects.visible_to(request.user), pk=pk)
    if department.retired:
        return redirect("departments")
    others = get_uses(department, request.user)
    obstacles = get_retirement_obstacles(department, others)
    if request.method == "POST" and not any(obstacles.values()):
        department.retired = True
        department.save(update_fields=["retired"])
        messages.success(
            request, _("Retired %(name)s. You can use it again at any time.") % {"name": department}
        )
        return redirect("departments")
    context = {"department": department, "free": not any(obstacles.values()), "others": others, **obstacles}
    context["records"] = [
        (kind, number, *get_possible_actions(kind, request.user)) for kind, number in obstacles["records"]
    ]
    return render(
        request, "accounts/department_retire.html", context, status=422 if request.method == "POST" else 200
    )


class RetirementObstacles(TypedDict):
    """Active members, records outside Trash by their type, whether it is the only department left, and what else refuses."""

    members: int
    records: list[tuple[Kind, int]]
    only_one: bool
    refusing: list[Uses]


def get_retirement_obstacles(department: Department, others: list[Uses]) -> RetirementObstacles:
    records = [
        (kind, kind.model.objects.present().in_department(department).count()) for kind in get_owned_kinds()
    ]
    return {
        "members": User.objects.active().in_departments([department.pk]).count(),
        "records": [(kind, number) for kind, number in records if number],
        "only_one": not Department.objects.active().exclude(pk=department.pk).exists(),
        "refusing": [used for used in others if used.refuses],
    }


def get_possible_actions(kind, user) -> tuple[bool, bool]:
    """Whether the user may move such records to another department, and whether they may view them."""
    action = kind.get_action("department")
    return bool(action and action.is_allowed(user, kind.model)), kind in get_viewable_kinds(user)


@retiring
@require_POST
def department_restore(request, pk):
    lock_account_changes()
    department = get_object_or_404(Department.objects.visible_to(request.user), pk=pk)
    department.retired = False
    department.save(update_fields=["retired"])
    messages.success(request, _("%(name)s is in use again.") % {"name": department})
    return redirect("departments")
