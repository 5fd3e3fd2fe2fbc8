"""The groups of SCIM are the roles and departments of Leadwell: reading them with their members."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import Department, HeldRole, Membership, Role, User
from accounts.scim.filter_parser import AllOf, Condition, Equal, build_filter_problem
from accounts.scim.problems import build_missing_problem
from accounts.scim.scim_querysets import is_id, provisioned_users_queryset

# What a group's name starts with, so that a role and a department with the same name are told apart.
PREFIXES = {"role": "Role: ", "department": "Department: "}


@dataclass(frozen=True)
class ScimGroup:
    """A role or a department that isn't retired."""

    row: Role | Department

    @property
    def kind(self) -> str:
        return "role" if isinstance(self.row, Role) else "department"

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.row.pk}"

    @property
    def name(self) -> str:
        return PREFIXES[self.kind] + self.row.name

    @property
    def external_id(self) -> str:
        found = getattr(self.row, "provisioned", None)
        return found.external_id if found else ""


def get_groups(by: User) -> list[ScimGroup]:
    """All of them, roles first."""
    roles = Role.objects.active().select_related("provisioned").by_name()
    departments = Department.objects.active().visible_to(by).select_related("provisioned").by_name()
    return [*map(ScimGroup, roles), *map(ScimGroup, departments)]


def get_group(key: str, by: User) -> ScimGroup:
    """Raises ScimProblem 404."""
    found = next((one for one in get_groups(by) if one.id == key), None)
    if found is None:
        raise build_missing_problem("group", key)
    return found


def filter_groups(found: list[ScimGroup], condition: Condition) -> list[ScimGroup]:
    """Those that a filter describes. Raises ScimProblem with invalidFilter."""
    members = {value: get_group_ids(value) for value in _get_members_in_condition(condition)}
    return [one for one in found if _meets_condition(one, condition, members)]


def _get_members_in_condition(condition: Condition) -> set[Any]:
    if isinstance(condition, Equal):
        return {condition.value} if condition.name in ("members", "members.value") else set()
    return {value for part in condition.parts for value in _get_members_in_condition(part)}


def _meets_condition(one: ScimGroup, condition: Condition, members: dict[Any, set[str]]) -> bool:
    if isinstance(condition, Equal):
        return _meets_equal(one, condition, members)
    judge = all if isinstance(condition, AllOf) else any
    # Each part is looked at, so an attribute that isn't known is noticed wherever it is.
    return judge([_meets_condition(one, part, members) for part in condition.parts])


def _meets_equal(one: ScimGroup, condition: Equal, members: dict[Any, set[str]]) -> bool:
    value = condition.value
    match condition.name:
        case "id":
            return value == one.id
        case "displayname":
            return isinstance(value, str) and value.casefold() == one.name.casefold()
        case "externalid":
            return bool(value) and value == one.external_id
        case "members" | "members.value":
            return one.id in members[value]
    raise build_filter_problem(
        f"Groups can be filtered by displayName, externalId, members and id, not {condition.name[:50]!r}."
    )


def get_group_ids(member: Any) -> set[str]:
    """The groups that a user with this id is in."""
    if not isinstance(member, str) or not is_id(member):
        return set()
    pk = int(member)
    roles = HeldRole.objects.filter(user=pk).values_list("group", flat=True)
    departments = Membership.objects.filter(user=pk).values_list("department", flat=True)
    return {f"role-{role}" for role in roles} | {f"department-{department}" for department in departments}


def get_members_by_group(found: Iterable[ScimGroup], by: User) -> dict[str, list[tuple[int, str]]]:
    """The id and name of the members of each group, in two queries for all of them."""
    lists: dict[str, list[tuple[int, str]]] = {one.id: [] for one in found}
    seen = provisioned_users_queryset(by).prefetch_related(None).order_by("pk")
    for kind, through in (("role", "groups"), ("department", "memberships__department")):
        ids = [int(key.partition("-")[2]) for key in lists if key.startswith(kind)]
        rows = seen.filter(**{f"{through}__in": ids}).values_list(through, "pk", "name") if ids else []
        for group_id, pk, name in rows:
            lists[f"{kind}-{group_id}"].append((pk, name))
    return lists
