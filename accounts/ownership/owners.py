"""The owner and department of a record: it moves to the owner's department unless they belong to the record's own."""

from django.db.models import Case, F, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext

from accounts.models import Department, User


def get_owner_label(owner: User) -> str:
    """How forms call an owner: by name, and whether they are deactivated."""
    return str(owner) if owner.is_active else gettext("%(name)s (deactivated)") % {"name": owner}


def get_owner_department(owner: User, preferred: Department | None = None) -> int:
    """The department for a record whose owner doesn't belong to its own: the preferred one, or the owner's first."""
    theirs = owner.department_ids
    return preferred.pk if preferred and preferred.pk in theirs else theirs[0]


def get_department_for_owner(owner: User | None, department: Department) -> Department:
    """The department of a record once it belongs to the owner."""
    if owner is None or department.pk in owner.department_ids:
        return department
    return Department.objects.get(pk=get_owner_department(owner))


def build_department_expression(owner: User, preferred: Department | None = None) -> Combinable:
    """The same for many records, as the value of an update."""
    theirs = owner.department_ids
    return Case(
        When(department__in=theirs, then=F("department_id")),
        default=Value(get_owner_department(owner, preferred)),
    )
