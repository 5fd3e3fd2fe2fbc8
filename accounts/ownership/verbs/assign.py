"""Assign: to an owner, to no one, or to another department; take: assign an unassigned lead to oneself."""

from dataclasses import dataclass

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Department, User
from accounts.ownership.notifications import notify_new_owner
from accounts.ownership.owners import build_department_expression
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.history.verb_execution import Refusal, Verb


def get_user_name(pk) -> str:
    return get_labels_by_id(User).get(pk, _("another user"))


@dataclass(frozen=True)
class Assign(Verb):
    """To a user, or None for unassigned. A record of a department that the user isn't in moves to the user's first."""

    kind = "assign"
    keeps_required = True
    title = _lazy("Assign")
    icon = "person"
    action = "assign"

    owner: User | None
    by: User | None = None

    def get_parameters(self):
        return {"owner": self.owner.pk if self.owner else None}

    @classmethod
    def get_label(cls, parameters, kind):
        if parameters.get("owner") is None:
            return _("Unassign")
        return _("Assign to %(owner)s") % {"owner": get_user_name(parameters["owner"])}

    def build_unchanged_condition(self):
        return Q(owner=self.owner.pk) if self.owner else Q(owner=None)

    def get_refusals(self):
        if self.owner is None:
            return []
        if not self.owner.is_active:
            return [Refusal("owner_inactive", ~Q(pk=None))]
        if not self.owner.department_ids:
            return [Refusal("owner_without_department", ~Q(pk=None))]
        return []

    def get_values(self):
        if self.owner is None:
            return {"owner": None}
        return {"owner": self.owner, "department": build_department_expression(self.owner)}

    def write_consequences(self, record, changed):
        notify_new_owner(self.owner, record, changed)


@dataclass(frozen=True)
class Take(Verb):
    """Assign to oneself; the set is limited by takeable_by(), so owned records can't be taken."""

    kind = "take"
    title = _lazy("Take")
    icon = "person"
    action = "take"

    owner: User

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Take")

    def build_unchanged_condition(self):
        return Q(owner=self.owner.pk)

    def get_values(self):
        return {"owner": self.owner}


@dataclass(frozen=True)
class ChangeDepartment(Verb):
    """Owners who don't belong to the new department are unassigned."""

    kind = "change_department"
    on_read_only = True
    title = _lazy("Move to another department")
    action = "assign"

    department: Department

    def get_parameters(self):
        return {"department": self.department.pk}

    @classmethod
    def get_label(cls, parameters, kind):
        department = get_labels_by_id(Department).get(parameters.get("department"))
        if department is None:
            return _("Move to another department")
        return _("Move to the %(department)s department") % {"department": department}

    def build_unchanged_condition(self):
        return Q(department=self.department.pk)

    def get_refusals(self):
        return [Refusal("department_retired", ~Q(pk=None))] if self.department.retired else []

    def get_values(self):
        members = list(self.department.users.active().values_list("pk", flat=True))
        return {
            "department": self.department,
            "owner": Case(When(owner__in=members, then=F("owner_id")), default=Value(None)),
        }
