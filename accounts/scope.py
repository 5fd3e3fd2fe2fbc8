"""Who sees which records: one table of ways for the SQL, the page slices, the explanation, and the permission to
change."""

from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q

from accounts.models.department import Membership
from accounts.roles.permissions import SCOPE_NAMES
from crm.fields.models.record import PRESENT
from crm.fields.sort_segments import Slice

SEE_ALL, SEE_DEPARTMENTS, SEE_UNASSIGNED = (
    "accounts.see_all",
    "accounts.see_departments",
    "accounts.see_unassigned",
)
ANY_SCOPE = tuple(SCOPE_NAMES)


@dataclass(frozen=True)
class VisibilityWay:
    """One way in which users with one of the `scopes` see a record: all conditions that are set must be met.

    `changes` says that users who see it this way may also change it.
    """

    name: str
    scopes: tuple[str, ...]
    own: bool = False
    department: bool = False
    unassigned: bool = False
    shared: bool = False
    changes: bool = False

    def is_held_by(self, user) -> bool:
        return any(user.has_perm(scope) for scope in self.scopes)

    def build_records_condition(self, user) -> Q:
        """The records that this user sees in this way."""
        condition = Q()
        if self.department:
            condition &= Q(department__in=user.department_ids)
        if self.own:
            condition &= Q(owner=user.pk)
        if self.unassigned:
            condition &= Q(owner=None)
        if self.shared:
            condition &= Q(shared=True)
        return condition

    def does_show(self, record, user) -> bool:
        """The same for a single loaded record."""
        return (
            (not self.department or record.department_id in user.department_ids)
            and (not self.own or record.owner_id == user.pk)
            and (not self.unassigned or record.owner_id is None)
            and (not self.shared or record.shared)
        )

    def build_users_condition(self, record) -> Q:
        """The users who see this record in this way."""
        granted = Permission.objects.filter(group__user=OuterRef("pk"), content_type__app_label="accounts")
        codenames = [scope.removeprefix("accounts.") for scope in self.scopes]
        condition = Q(Exists(granted.filter(codename__in=codenames)))
        if self.department:
            members = Membership.objects.filter(user=OuterRef("pk"), department=record.department_id)
            condition &= Q(Exists(members))
        if self.own:
            condition &= Q(pk=record.owner_id)
        if (self.unassigned and record.owner_id is not None) or (self.shared and not record.shared):
            condition &= Q(pk__in=[])
        return condition


# The most direct first: a record seen in several ways is explained by the first one.
OWNER = VisibilityWay("owner", ANY_SCOPE, own=True, changes=True)
ALL = VisibilityWay("all", (SEE_ALL,), changes=True)
DEPARTMENT = VisibilityWay("department", (SEE_DEPARTMENTS,), department=True, changes=True)
UNASSIGNED = VisibilityWay("unassigned", (SEE_UNASSIGNED,), department=True, unassigned=True)
SHARED = VisibilityWay("shared", ANY_SCOPE, shared=True)
WAYS = (OWNER, ALL, DEPARTMENT, UNASSIGNED, SHARED)


class OwnedScope:
    """The scope of records with an owner, a department, and the flag "shared with everyone" (crm/fields/scope.py)."""

    def get_visibility_ways(self, user) -> list[VisibilityWay]:
        """The ways available to a user, without those that another one includes."""
        if ALL.is_held_by(user):
            return [ALL]
        held = [way for way in WAYS if way.is_held_by(user)]
        return [way for way in held if way is not UNASSIGNED] if DEPARTMENT in held else held

    def build_visible_condition(self, user) -> Q:
        return combine_conditions(
            [way.build_records_condition(user) for way in self.get_visibility_ways(user)]
        )

    def build_changeable_condition(self, user) -> Q:
        return combine_conditions(
            [way.build_records_condition(user) for way in self.get_visibility_ways(user) if way.changes]
        )

    def build_own_condition(self, user) -> Q:
        """The user's own records, which they see and may change. No other way adds to them."""
        return OWNER.build_records_condition(user) if OWNER.is_held_by(user) else combine_conditions([])

    def build_takeable_condition(self, user) -> Q:
        """Unassigned records of the user's departments, which a sales rep may take."""
        unassigned = Q(owner=None)
        return unassigned if ALL.is_held_by(user) else unassigned & DEPARTMENT.build_records_condition(user)

    def may_change(self, record, user) -> bool:
        return any(way.changes and way.does_show(record, user) for way in self.get_visibility_ways(user))

    def may_take(self, record, user) -> bool:
        return record.owner_id is None and (ALL.is_held_by(user) or DEPARTMENT.does_show(record, user))

    def describe_visibility(self, record, user, kind) -> dict[str, str]:
        """Why a user sees a record, what they may do with it, and who else sees it, in words."""
        # The explanation is made from the scopes of this module.
        from accounts.visibility_reasons import explain_visibility

        return explain_visibility(record, user, kind)

    def build_slices(self, user, prefixes: tuple[str, ...]) -> list[Slice]:
        ways = self.get_visibility_ways(user)
        every = tuple(user.installation_department_ids)
        if ways == [ALL]:
            return [Slice(Q(), "department_id", every, index=PRESENT)]
        if not ways:
            return []
        mine = tuple(user.department_ids)
        other = tuple(department for department in every if department not in mine)
        own, shared = OWNER.build_records_condition(user), SHARED.build_records_condition(user)
        by_owner = "owner_id" in prefixes
        if DEPARTMENT in ways:
            slices = [Slice(Q(), "department_id", mine, index=PRESENT)]
        elif by_owner:
            # The index led by owner and department: all the oldest records of a large department may belong to a
            # colleague.
            owners = [own, Q(owner=None)] if UNASSIGNED in ways else [own]
            slices = [Slice(Q(), "department_id", mine, beside=owner, index=PRESENT) for owner in owners]
        else:
            condition = own | Q(owner=None) if UNASSIGNED in ways else own
            slices = [Slice(condition, "department_id", mine, index=PRESENT)]
        if by_owner:
            return [
                *slices,
                Slice(Q(), "department_id", other, beside=own, index=PRESENT),
                Slice(Q(), "", (), beside=shared, index=PRESENT, but=("owner", user.pk)),
            ]
        if not other:
            return [*slices, Slice(shared, index=PRESENT, but=("owner", user.pk))]
        elsewhere = own & Q(department__in=other)
        others = Slice(shared & ~elsewhere, index=PRESENT, but=("owner", user.pk))
        return [*slices, Slice(elsewhere, index=PRESENT), others]


def combine_conditions(conditions: list[Q]) -> Q:
    """The conditions joined with OR; no conditions match nothing."""
    if not conditions:
        return Q(pk__in=[])
    together = conditions[0]
    for condition in conditions[1:]:
        together |= condition
    return together
