"""Assign: to an owner, to nobody, to another department; take: an unassigned lead for oneself."""

from dataclasses import dataclass

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.notices import tell
from crm.change import Refusal, Verb
from leads import names


def user_name(pk) -> str:
    return names.users().get(pk, _("somebody else"))


def department_with(owner: User | None, department: Department) -> Department:
    """Where a lead of this department belongs once it is the owner's: there if they are in it, else in their first one."""
    if owner is None or department.pk in owner.department_ids:
        return department
    return Department.objects.get(pk=owner.department_ids[0])


@dataclass(frozen=True)
class Assign(Verb):
    """To a user, or with None to nobody. A lead of a department that the user is not in moves to the user's first."""

    kind = "assign"
    permission = "leads.assign_lead"

    owner: User | None
    by: User | None = None

    def parameters(self):
        return {"owner": self.owner.pk if self.owner else None}

    @classmethod
    def words(cls, parameters):
        if parameters.get("owner") is None:
            return _("Assign to nobody")
        return _("Assign to %(owner)s") % {"owner": user_name(parameters["owner"])}

    def same(self):
        return Q(owner=self.owner.pk) if self.owner else Q(owner=None)

    def refusals(self):
        if self.owner is None:
            return []
        if not self.owner.is_active:
            return [Refusal("owner_inactive", ~Q(pk=None))]
        if not self.owner.department_ids:
            return [Refusal("owner_without_department", ~Q(pk=None))]
        return []

    def values(self):
        if self.owner is None:
            return {"owner": None}
        theirs = self.owner.department_ids
        # The rule of department_with(), for many leads at once.
        return {
            "owner": self.owner,
            "department": Case(
                When(department__in=theirs, then=F("department_id")), default=Value(theirs[0])
            ),
        }

    def follow(self, record, changed):
        if self.owner and changed and self.owner != record.by:
            tell(self.owner, "assigned", record, changed)


@dataclass(frozen=True)
class Take(Verb):
    """For oneself; the set is that of takeable_by(), so that nobody takes what somebody owns."""

    kind = "take"
    permission = "leads.take_lead"

    owner: User

    @classmethod
    def words(cls, parameters):
        return _("Take")

    def same(self):
        return Q(owner=self.owner.pk)

    def values(self):
        return {"owner": self.owner}


@dataclass(frozen=True)
class ChangeDepartment(Verb):
    """An owner who does not belong to the new department loses the lead."""

    kind = "change_department"
    permission = "leads.assign_lead"

    department: Department

    def parameters(self):
        return {"department": self.department.pk}

    @classmethod
    def words(cls, parameters):
        department = names.departments().get(parameters.get("department"))
        if department is None:
            return _("Move to another department")
        return _("Move to the department %(department)s") % {"department": department}

    def same(self):
        return Q(department=self.department.pk)

    def refusals(self):
        return [Refusal("department_retired", ~Q(pk=None))] if self.department.retired else []

    def values(self):
        members = list(self.department.users.active().values_list("pk", flat=True))
        return {
            "department": self.department,
            "owner": Case(When(owner__in=members, then=F("owner_id")), default=Value(None)),
        }
