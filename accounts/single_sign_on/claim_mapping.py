"""From the values of a claim to a role and departments, and what a mapping would change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import ClaimRule, Department, Identity, IdentityProvider, Role, User
from accounts.single_sign_on.sign_in_policy import emergency_administrators_queryset
from accounts.single_sign_on.text_validation import has_broken_characters
from accounts.users.account_changes import get_compared_state, record_differences
from accounts.users.last_administrator import check_not_the_last

# Microsoft leaves out the claim above 200 groups; Keycloak has no limit.
MOST_VALUES, LONGEST_VALUE = 500, 200


@dataclass(frozen=True)
class Decision:
    """The role that values give, None for no account, and the departments, the first one first."""

    role: Role | None
    departments: tuple[Department, ...]
    by_rule: bool


def get_claim_values(claims: dict[str, Any], name: str) -> list[str] | None:
    """The texts of the claim, also of one inside another, such as realm_access.roles. None if there is no such claim."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list):
        return None
    # No rule has a value with broken characters, and they can't be stored.
    texts = [
        value[:LONGEST_VALUE]
        for value in found
        if isinstance(value, str) and not has_broken_characters(value)
    ]
    return list(dict.fromkeys(texts))[:MOST_VALUES]


def decide_role_and_departments(
    provider: IdentityProvider, rules: Iterable[ClaimRule], values: Iterable[str]
) -> Decision:
    """The first matching row with a role decides; each matching row adds its department."""
    present = set(values)
    matching = [rule for rule in rules if rule.value in present]
    role = next((rule.role for rule in matching if rule.role and not rule.role.retired), None)
    departments = dict.fromkeys(
        rule.department for rule in matching if rule.department and not rule.department.retired
    )
    return Decision(
        role or provider.default_role, tuple(departments) or (provider.default_department,), role is not None
    )


@dataclass(frozen=True)
class Coverage:
    """What the rows decide. Without a row for roles or for departments, those are still set by hand."""

    roles: bool
    departments: bool

    @classmethod
    def from_rules(cls, rules: Iterable[ClaimRule]) -> "Coverage":
        rows = list(rules)
        return cls(any(rule.role_id for rule in rows), any(rule.department_id for rule in rows))


def get_mapping_rules(provider: IdentityProvider) -> list[ClaimRule]:
    return list(provider.rules.select_related("role", "department"))


def apply_decision(user: User, decision: Decision, coverage: Coverage) -> None:
    """Give an existing user what the mapping says, as recorded account changes. Raises LastAdministrator."""
    before = get_compared_state(user)
    if coverage.roles and decision.role:
        if not decision.role.is_administrator:
            check_not_the_last(user)
        user.groups.set([decision.role])
    if coverage.departments:
        user.set_departments(list(decision.departments))
    record_differences(user, before, by=None)


@dataclass(frozen=True)
class MappingPreview:
    """What a user of the provider has, and what they would have."""

    user: User
    role_now: str
    role_then: str
    departments_now: str
    departments_then: str
    deactivated: bool
    kept: str

    @property
    def changes(self) -> bool:
        return self.deactivated or (self.role_now, self.departments_now) != (
            self.role_then,
            self.departments_then,
        )


def preview_mapping(provider: IdentityProvider, rules: list[ClaimRule]) -> list[MappingPreview]:
    """For each active user who signed in with the provider: the values of the last time, with these rows."""
    identities = Identity.objects.filter(provider=provider, user__is_active=True).select_related("user")
    people = identities.prefetch_related("user__groups__role", "user__memberships__department")
    coverage, exempt = Coverage.from_rules(rules), {user.pk for user in emergency_administrators_queryset()}
    administrators = set(User.objects.administrators().values_list("pk", flat=True))
    lines = [_build_preview_line(provider, rules, coverage, row, exempt, administrators) for row in people]
    return sorted(lines, key=lambda line: (not line.changes, line.user.name.casefold()))


def _build_preview_line(
    provider, rules, coverage: Coverage, row: Identity, exempt: set[int], administrators: set[int]
) -> MappingPreview:
    decision = decide_role_and_departments(provider, rules, row.values)
    memberships = sorted(row.user.memberships.all(), key=lambda membership: membership.position)
    role = ", ".join(sorted(group.role.label for group in row.user.groups.all()))
    departments = ", ".join(str(membership.department) for membership in memberships)
    kept = ""
    if row.user_id in exempt:
        kept = "keeper"
    elif coverage.roles and administrators == {row.user_id} and not _stays_administrator(decision):
        kept = "last"
    mapped = not kept
    then = decision.role.label if decision.role else ""
    return MappingPreview(
        user=row.user,
        role_now=role,
        role_then=then if mapped and coverage.roles else role,
        departments_now=departments,
        departments_then=", ".join(map(str, decision.departments))
        if mapped and coverage.departments
        else departments,
        deactivated=mapped and coverage.roles and decision.role is None,
        kept=kept,
    )


def _stays_administrator(decision: Decision) -> bool:
    return decision.role is not None and decision.role.is_administrator
