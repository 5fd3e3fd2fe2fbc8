"""Whose a record is and where it belongs: an owner brings their department, unless they are in the record's own."""

from django.db.models import Case, F, Value, When
from django.db.models.expressions import Combinable

from accounts.models import Department, User


def home_of(owner: User, preferred: Department | None = None) -> int:
    """The department to which a record goes whose own the owner is not in: the preferred one, or their first."""
    theirs = owner.department_ids
    return preferred.pk if preferred and preferred.pk in theirs else theirs[0]


def department_with(owner: User | None, department: Department) -> Department:
    """Where a record of this department belongs once it is the owner's."""
    if owner is None or department.pk in owner.department_ids:
        return department
    return Department.objects.get(pk=home_of(owner))


def departments_with(owner: User, preferred: Department | None = None) -> Combinable:
    """The same for many records at once, as the value of an update."""
    theirs = owner.department_ids
    return Case(
        When(department__in=theirs, then=F("department_id")), default=Value(home_of(owner, preferred))
    )
