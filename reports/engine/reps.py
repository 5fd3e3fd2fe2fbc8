"""The reps whose numbers a user may compare: who owns leads or works on them for themselves, in the departments that the user sees."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.models import Membership, User
from accounts.scope import SEE_ALL, SEE_DEPARTMENTS
from crm.platform.web.request_cache import read_cached
from leads.models import Lead


def get_rep_ids(viewer: User) -> list[int]:
    return [user.pk for user in get_reps(viewer)]


def get_reps(viewer: User) -> list[User]:
    """Also users who were deactivated, because their numbers of earlier periods remain."""
    return read_cached(f"reps for {viewer.pk}", lambda: list(reps_queryset(viewer)))


def reps_queryset(viewer: User) -> Any:
    """A user who sees only their own records compares themselves with no one. A manager without leads of their own is no rep."""
    granted = Permission.objects.filter(group__user=OuterRef("pk"))
    works = granted.filter(content_type__app_label="leads", codename="change_lead")
    wide = granted.filter(content_type__app_label="accounts", codename__in=_get_codenames())
    # In the order of an index, which the database would otherwise not use for users without leads.
    owned = Lead.objects.present().filter(owner=OuterRef("pk")).order_by("owner", "status").values("pk")[:1]
    found = User.objects.filter(Exists(Membership.objects.filter(user=OuterRef("pk"))))
    found = found.annotate(owned=Subquery(owned))
    found = found.filter(Q(owned__isnull=False) | Q(Exists(works)) & ~Q(Exists(wide)))
    if viewer.sees_everything:
        return found
    return (
        found.in_departments(viewer.department_ids) if viewer.sees_departments else found.filter(pk=viewer.pk)
    )


def _get_codenames() -> list[str]:
    return [scope.removeprefix("accounts.") for scope in (SEE_ALL, SEE_DEPARTMENTS)]
