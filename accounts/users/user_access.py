"""Which users a view may show or change: 404 for those out of sight, 403 for those with more permissions."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import Role, User


def get_visible_user(by: User, pk: int) -> User:
    """A user whom `by` can see, with their permissions. Raises Http404."""
    return get_object_or_404(User.objects.with_rights().visible_to(by), pk=pk)


def get_changeable_user(by: User, pk: int) -> User:
    """A user whom `by` may change. Raises Http404, or PermissionDenied if they have or see more than `by`."""
    user = get_visible_user(by, pk)
    if not User.objects.changeable_by(by).filter(pk=pk).exists():
        raise PermissionDenied
    return user


def get_self_or_changeable_user(by: User, pk: int) -> User:
    """Oneself, or a user whom one may edit. Raises Http404 or PermissionDenied."""
    person = get_visible_user(by, pk)
    if person == by:
        return person
    if not by.has_perm("accounts.change_user"):
        raise PermissionDenied
    return get_changeable_user(by, pk)


def get_changeable_role(by: User, pk: int) -> Role:
    """A role that `by` may change: never the Administrator, one with more permissions, or one shared with other
    departments.

    Raises like changeable_user().
    """
    role = get_object_or_404(Role, pk=pk)
    if not Role.objects.changeable_by(by).filter(pk=pk).exists():
        raise PermissionDenied
    return role


def may_edit_role(by: User, role: Role) -> bool:
    """Whether `by` may save the page of this role: a role that they may change, or, for administrators, the Administrator, of
    which only two-step verification can be changed."""
    if role.is_administrator:
        return by.is_administrator
    changeable = Role.objects.changeable_by(by).filter(pk=role.pk).exists()
    return changeable and by.has_perm("accounts.change_role")
