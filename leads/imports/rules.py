"""The rules that every way in keeps, for one row: who may own what where, the contract of a status, a name at least."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from leads import contract
from leads.bulk import assignable_by
from leads.excel import ONLY_FOR_NEW, heading_of
from leads.imports.clean import TO_MAKE
from leads.models import Lead, Source, Status, Tag

NAMES = ("first_name", "last_name", "company", "email", "phone", "mobile")

Errors = list[tuple[str, str]]


class Rules:
    """What the importer may do and what there is, looked up once. `errors` are pairs of a field, or '', and a sentence."""

    def __init__(self, user) -> None:
        self.user = user
        self.may_assign = user.has_perm("leads.assign_lead")
        self.may_change = user.has_perm("leads.change_lead")
        self.now = timezone.now()
        self.statuses = {row.pk: row for row in Status.objects.select_related("pipeline")}
        self.retired_sources = set(Source.objects.exclude(retired=False).values_list("pk", flat=True))
        self.retired_tags = set(Tag.objects.exclude(retired=False).values_list("pk", flat=True))
        visible = Department.objects.active().visible_to(user)
        self.departments = {row.pk: row for row in Department.objects.all()}
        self.allowed_departments = set(visible.values_list("pk", flat=True))
        self.owners = {
            row.pk: row for row in User.objects.with_rights().filter(pk__in=assignable_by(user).values("pk"))
        }

    def country_of(self, department: int | None) -> str:
        row = self.departments.get(department or 0)
        return str(row.country) if row else ""

    def place(self, values: dict[str, Any], *, chosen: bool) -> Errors:
        """Owner and department fit together; where the department was not `chosen`, the owner's own is set."""
        owner, department = values.get("owner"), values.get("department") or 0
        if department not in self.allowed_departments:
            return [("department", _("You cannot give leads to this department."))]
        if not owner:
            return []
        if not self.may_assign and owner != self.user.pk:
            return [("owner", _("You may not assign leads to others."))]
        row = self.owners.get(owner)
        if row is None:
            return [("owner", _("This user cannot be given leads by you."))]
        if department in row.department_ids:
            return []
        theirs = [pk for pk in row.department_ids if pk in self.allowed_departments]
        if chosen or not theirs:
            name = self.departments[department].name
            return [
                (
                    "owner",
                    _("%(owner)s does not belong to %(department)s.")
                    % {"owner": row.name, "department": name},
                )
            ]
        values["department"] = theirs[0]
        return []

    def enter(self, values: dict[str, Any], pipeline: int | None = None) -> Errors:
        """The contract of the status that the lead enters. `pipeline` is the one that it is in already."""
        if str(values["status"]).startswith(TO_MAKE):
            return []
        status = self.statuses.get(values["status"])
        if status is None:
            return [("status", _("The status is gone."))]
        if status.retired or status.pipeline.retired:
            return [("status", _("The status “%(status)s” is retired.") % {"status": status.label})]
        if pipeline and status.pipeline_id != pipeline:
            return [
                ("status", _("The lead is in another pipeline than “%(status)s”.") % {"status": status.label})
            ]
        return [
            (name, _("%(status)s needs: %(field)s.") % {"status": status.label, "field": heading_of(name)})
            for name in contract.missing(status, values)
        ]

    def reason(self, values: dict[str, Any]) -> Errors:
        """Only who is lost or disqualified has a reason and a remark."""
        if self.needs_reason(values.get("status")):
            return []
        return [
            (name, _("Only a lost lead has this."))
            for name in ("lost_reason", "lost_remark")
            if values.get(name)
        ]

    def needs_reason(self, status) -> bool:
        return status in self.statuses and self.statuses[status].needs_reason

    def chosen(self, values: dict[str, Any]) -> Errors:
        """Nothing that is retired is chosen anew."""
        found = []
        if values.get("source") in self.retired_sources:
            found.append(("source", _("The source is retired.")))
        if self.retired_tags.intersection(tag for tag in values.get("tags") or [] if isinstance(tag, int)):
            found.append(("tags", _("The tag is retired.")))
        return found

    def times(self, values: dict[str, Any]) -> Errors:
        """What has happened has happened before now."""
        return [
            (name, _("This lies in the future."))
            for name in ONLY_FOR_NEW
            if values.get(name) and values[name] > self.now
        ]

    @staticmethod
    def named(values: dict[str, Any]) -> Errors:
        if any(values.get(name) for name in NAMES):
            return []
        constraint = next(row for row in Lead._meta.constraints if row.name == "lead_has_a_name")
        return [("", str(constraint.violation_error_message))]
