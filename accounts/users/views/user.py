"""The page of one user: their details, their permissions, and the available actions."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.authentication.sessions import get_user_sessions
from accounts.models import Identity, User
from accounts.second_factor.second_factor import has_second_factor, roles_requiring_queryset
from accounts.users.account_changes import describe_account_change
from accounts.users.owned_objects import count_visible_records
from accounts.users.user_access import get_visible_user
from crm.records.kinds.kind_registry import Kind, get_viewable_kinds
from crm.records.kinds.record_uses import get_uses

INSPECTIONS = 10
CHANGES = 20


@permission_required("accounts.view_user", raise_exception=True)
@require_safe
def user(request, pk):
    person = get_visible_user(request.user, pk)
    changeable = User.objects.changeable_by(request.user).filter(pk=pk).exists()
    context = {
        "person": person,
        "memberships": person.memberships.select_related("department"),
        "roles": [group.role for group in person.groups.select_related("role")],
        "has_second_factor": has_second_factor(person),
        "requiring": roles_requiring_queryset(person),
        "holds_more": not changeable,
        **get_permitted_actions(request.user, person, changeable),
        **build_ownership_context(person, request.user),
    }
    if context["may_change"]:
        changes = person.account_changes.newest_first().select_related("by")[:CHANGES]
        context["identities"] = Identity.objects.of_user(person).select_related("provider")
        context["sessions"] = get_user_sessions(person, request)
        context["changes"] = [(change, describe_account_change(change)) for change in changes]
    if request.user.is_administrator:
        context["inspections"] = person.inspections.newest_first().select_related("by")[:INSPECTIONS]
    return render(request, "accounts/user.html", context)


def get_permitted_actions(viewer: User, person: User, changeable: bool) -> dict[str, bool]:
    """What the viewer may do with this account."""
    other = person.pk != viewer.pk
    may_change = changeable and viewer.has_perm("accounts.change_user")
    return {
        "may_reset": may_change and other,
        "may_change": may_change,
        "may_deactivate": changeable and other and viewer.has_perm("accounts.delete_user"),
        "may_inspect": may_change and other and person.is_active and viewer.is_administrator,
    }


def build_ownership_context(person: User, viewer: User) -> dict[str, Any]:
    """What the user owns and, once deactivated, which settings still use them."""
    owned = build_owned_lines(person, viewer)
    shows_uses = not person.is_active and viewer.has_perm("accounts.delete_user")
    return {
        "owned": owned,
        "owns_any": any(line.count for line in owned),
        "uses": get_uses(person, viewer) if shows_uses else [],
    }


@dataclass(frozen=True)
class OwnedLine:
    """How many open records of a kind a user owns, and a link to their list if the viewer may open it."""

    kind: Kind
    count: int
    address: str


def build_owned_lines(person: User, viewer: User) -> list[OwnedLine]:
    seen = {kind.name for kind in get_viewable_kinds(viewer)}
    lines = []
    for kind, count in count_visible_records(person, viewer):
        query = f"?owner={person.pk}" + (f"&{kind.open_filter}" if kind.open_filter else "")
        lines.append(OwnedLine(kind, count, kind.list_url + query if kind.name in seen else ""))
    return lines
