"""How an import is to be done: what the form of the columns asks, with what holds until somebody chooses."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from leads.models import Import, Pipeline, Source, Status

MATCH = [
    ("id_email", _("By lead id, then by e-mail")),
    ("id_email_phone", _("By lead id, then by e-mail, then by phone")),
    ("email", _("By e-mail only")),
    ("none", _("Not at all, every row is a new lead")),
    ("id_field", _("By lead id, then by the field chosen below")),
]
# The fields by which a lead can be recognised when somebody chooses so.
KEY_FIELDS = ["name", "company", "second_email", "phone", "mobile", "website", "address"]
MODE = [
    ("both", _("Add new leads and change known ones")),
    ("create", _("Only add new leads")),
    ("update", _("Only change known leads")),
]
# What to do with a row that looks like a lead there is.
UPDATE, FILL, LEAVE, ADD = "update", "fill", "leave", "new"
DUPLICATES = [
    (UPDATE, _("Update the lead")),
    (FILL, _("Fill its empty fields only")),
    (LEAVE, _("Leave out")),
    (ADD, _("Add as a new lead")),
]
# What to do with a row that repeats an earlier row of the file.
REPEATED = [(LEAVE, _("Leave out")), (ADD, _("Add as a new lead"))]

# An empty cell leaves a field as it is, unless the file came from here or the cell says so.
CLEAR = "=CLEAR"


@dataclass(frozen=True)
class Options:
    match: str = "id_email"
    key: str = "company"
    mode: str = "both"
    duplicates: str = UPDATE
    repeated: str = LEAVE
    empties: bool = False
    day_first: bool = True
    decimal: str = "."
    silent: bool = False
    defaults: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, imported: Import) -> "Options":
        return cls(**imported.options)

    @property
    def keys(self) -> list[str]:
        """By what a lead is recognised, the surest first."""
        return [] if self.match == "none" else self.match.split("_")


def first_defaults(user) -> dict[str, Any]:
    """What new leads get where their cell is empty, until somebody chooses. There is always a department."""
    own = [pk for pk in user.department_ids if Department.objects.active().filter(pk=pk).exists()]
    visible = Department.objects.active().visible_to(user).by_name().values_list("pk", flat=True)
    department = own[0] if own else visible.first()
    source = Source.objects.active().filter(key="other").first() or Source.objects.active().by_name().first()
    status = first_status(department)
    return {
        "department": department,
        "status": status.pk if status else None,
        "source": source.pk if source else None,
        "owner": None,
        "country": "",
        "currency": settings.BASE_CURRENCY,
        "tags": [],
        "lost_reason": None,
    }


def first_pipeline(department: int | None) -> Pipeline:
    """Where new leads of a department start; there is always one."""
    row = Department.objects.filter(pk=department or 0).first()
    return Pipeline.objects.for_department(row)


def first_status(department: int | None) -> Status | None:
    return Status.objects.active().of_pipeline(first_pipeline(department).pk).defaults_first().first()
