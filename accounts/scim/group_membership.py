"""Changing the members of a role or a department, for many users at once."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Department, HeldRole, Membership, ProvisionedGroup, Role, User
from accounts.scim.filter_parser import get_attribute_name
from accounts.scim.group_reading import ScimGroup, get_members_by_group
from accounts.scim.patch_parser import PatchStep, get_member_id, get_member_ids
from accounts.scim.problems import build_problem, build_unchangeable_problem, build_wrong_value_problem
from accounts.scim.scim_querysets import is_id, provisioned_users_queryset
from accounts.single_sign_on.text_validation import has_broken_characters
from accounts.users.account_changes import Kind, record_account_change
from accounts.users.edit_conflicts import lock_account_changes
from accounts.users.last_administrator import LastAdministrator, check_not_the_last
from crm.models import Token

NAMED_HERE = "Roles and departments are named in Leadwell, so displayName can't be changed."


def patch_group(group: ScimGroup, steps: Iterable[PatchStep], token: Token) -> None:
    """Raises ScimProblem."""
    lock_account_changes()
    for step in steps:
        name = get_attribute_name(step.path)
        if name == "members" or name.startswith("members["):
            _apply_member_step(group, step, token)
        elif name == "displayname":
            refuse_changed_name(group, step.value)
        elif name == "externalid":
            store_external_id(group, "" if step.act == "remove" else step.value)
        elif name not in ("id", "schemas", "meta"):
            raise build_problem(400, f"The attribute {step.path[:100]!r} is unknown.", "invalidPath")


def replace_group(group: ScimGroup, body: dict[str, object], token: Token) -> None:
    """A PUT. Without members, they stay as they are."""
    lock_account_changes()
    sent = {name.lower(): value for name, value in body.items()}
    refuse_changed_name(group, sent.get("displayname"))
    if "externalid" in sent:
        store_external_id(group, sent["externalid"])
    if "members" in sent:
        entries = sent["members"] or []
        if not isinstance(entries, list):
            raise build_wrong_value_problem("members has to be a list.")
        replace_members(group, {get_member_id(entry) for entry in entries}, token)


def refuse_changed_name(group: ScimGroup, name: object) -> None:
    if name not in (None, group.name):
        raise build_unchangeable_problem(NAMED_HERE)


def store_external_id(group: ScimGroup, external_id: object) -> None:
    """Store what the identity provider calls the group."""
    if (
        not isinstance(external_id, str)
        or len(external_id) > 255
        or has_broken_characters(external_id.strip())
    ):
        raise build_wrong_value_problem(
            "externalId has to be a text of at most 255 characters, without control characters."
        )
    of: dict[str, Any] = {group.kind: group.row}
    ProvisionedGroup.objects.update_or_create(defaults={"external_id": external_id.strip()}, **of)


def _apply_member_step(group: ScimGroup, step: PatchStep, token: Token) -> None:
    named = get_member_ids(step)
    if step.act == "replace":
        replace_members(group, set(named or []), token)
    elif step.act == "add":
        add_members(group, set(named or []), token)
    else:
        remove_members(group, get_current_member_ids(group, token) if named is None else set(named), token)


def replace_members(group: ScimGroup, wanted: set[str], token: Token) -> None:
    before = get_current_member_ids(group, token)
    add_members(group, wanted, token)
    remove_members(group, before - wanted, token)


def get_current_member_ids(group: ScimGroup, token: Token) -> set[str]:
    return {str(pk) for pk, _name in get_members_by_group([group], token.user)[group.id]}


def add_members(group: ScimGroup, ids: set[str], token: Token) -> None:
    users = _get_changeable_users(ids - get_current_member_ids(group, token), token)
    unknown = ids - {str(user.pk) for user in users} - get_current_member_ids(group, token)
    if unknown:
        raise build_wrong_value_problem(f"There is no user with the id {min(unknown)[:50]!r}.")
    if isinstance(group.row, Role):
        rows = [HeldRole(user=user, group=group.row) for user in users]
        HeldRole.objects.bulk_create(rows)
    else:
        Membership.objects.bulk_create(
            Membership(user=user, department=group.row, position=_get_next_position(user)) for user in users
        )
    for user in users:
        before = _get_role_or_department_names(user, group.row)
        _record_change(user, group.row, before, [*before, group.row.name], token)


def remove_members(group: ScimGroup, ids: set[str], token: Token) -> None:
    """Ids of users who aren't members change nothing."""
    users = _get_changeable_users(ids & get_current_member_ids(group, token), token)
    if isinstance(group.row, Role):
        _remove_role(group.row, users, token)
    else:
        Membership.objects.filter(department=group.row, user__in=users).delete()
    for user in users:
        before = _get_role_or_department_names(user, group.row)
        _record_change(user, group.row, before, [name for name in before if name != group.row.name], token)


def _remove_role(role: Role, users: list[User], token: Token) -> None:
    """Raises ScimProblem 409 before the last administrator, or the user of the token, loses that role."""
    given = HeldRole.objects.filter(group=role)
    if not role.is_administrator:
        given.filter(user__in=users).delete()
        return
    for user in users:
        if user.pk == token.user.pk:
            raise build_problem(
                409, f"This token works on behalf of {user.name}, who has to stay an administrator."
            )
        try:
            check_not_the_last(user)
        except LastAdministrator as reason:
            raise build_problem(409, str(reason)) from reason
        given.filter(user=user).delete()


def _get_changeable_users(ids: set[str], token: Token) -> list[User]:
    """Those that the token may change, with the names of their roles and departments, in the order of their ids."""
    found = provisioned_users_queryset(token.user).changeable_by(token.user)
    return list(found.filter(pk__in=[int(key) for key in ids if is_id(key)]).order_by("pk"))


def _get_next_position(user: User) -> int:
    return max((membership.position for membership in user.memberships.all()), default=-1) + 1


def _get_role_or_department_names(user: User, of: Role | Department) -> list[str]:
    """The names of the user's roles, or of their departments, as they were read."""
    if isinstance(of, Role):
        return [group.name for group in user.groups.all()]
    memberships = sorted(user.memberships.all(), key=lambda membership: membership.position)
    return [membership.department.name for membership in memberships]


def _record_change(
    user: User, of: Role | Department, before: list[str], after: list[str], token: Token
) -> None:
    is_role = isinstance(of, Role)
    kind = Kind.ROLES if is_role else Kind.DEPARTMENTS
    values = (sorted(before), sorted(after)) if is_role else (before, after)
    record_account_change(user, kind, *values, by=None, program=token.name)
