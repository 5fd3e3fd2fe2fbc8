"""Whose goals a user may set: active users and departments in use whose leads they all see, and the company."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Department, Membership, User

COMPANY, USER, DEPARTMENT = "company", "u", "d"
Choice = tuple[str, str]
Choices = list[tuple[str, Any]]


def goal_users_queryset(user: User) -> Any:
    """Users who belong to other departments as well have leads that a manager may not see, so they aren't among them."""
    found = User.objects.active().by_name()
    if user.sees_everything:
        return found
    if not user.sees_departments:
        return found.none()
    elsewhere = Membership.objects.filter(user=OuterRef("pk")).exclude(department__in=user.department_ids)
    return found.in_departments(user.department_ids).exclude(Exists(elsewhere))


def goal_departments_queryset(user: User) -> Any:
    found = Department.objects.active().by_name()
    if user.sees_everything:
        return found
    return found.visible_to(user) if user.sees_departments else found.none()


def get_goal_choices(user: User) -> Choices:
    """The choices of a field, in groups."""
    departments = [(f"{DEPARTMENT}{row.pk}", str(row)) for row in goal_departments_queryset(user)]
    users = [(f"{USER}{row.pk}", str(row)) for row in goal_users_queryset(user)]
    company: Choices = [(COMPANY, _("Whole company"))] if user.sees_everything else []
    groups: Choices = [(_("Departments"), departments), (_("Users"), users)]
    return [*company, *(group for group in groups if group[1])]


def get_user_and_department_ids(choice: str) -> tuple[int | None, int | None]:
    """The IDs of the user and of the department of a choice, of which at most one is set."""
    if choice == COMPANY:
        return None, None
    pk = int(choice[1:])
    return (pk, None) if choice[0] == USER else (None, pk)
