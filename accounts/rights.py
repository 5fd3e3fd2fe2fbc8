"""Whom a view may show or change: not found for who is out of sight, a missing right for who holds more."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import Role, User


def visible_user(by: User, pk: int) -> User:
    """A user whom `by` sees, with their rights. Raises Http404."""
    return get_object_or_404(User.objects.with_rights().visible_to(by), pk=pk)


def changeable_user(by: User, pk: int) -> User:
    """A user whom `by` may change. Raises Http404, or PermissionDenied for who holds or sees more than `by`."""
    user = visible_user(by, pk)
    if not User.objects.changeable_by(by).filter(pk=pk).exists():
        raise PermissionDenied
    return user


def changeable_role(by: User, pk: int) -> Role:
    """A role that `by` may change: never the Administrator, one that holds more, or one that other departments share.

    Raises as changeable_user().
    """
    role = get_object_or_404(Role, pk=pk)
    if not Role.objects.changeable_by(by).filter(pk=pk).exists():
        raise PermissionDenied
    return role
