"""Reassign the records of a user who leaves: to one colleague, evenly to several, or to no one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Department, User
from accounts.ownership.owners import build_department_expression
from crm.platform.web.notifications import create_notification
from crm.records.history.verb_execution import Refusal, Verb


@dataclass(frozen=True)
class HandOver(Verb):
    """A record of a department that its new owner isn't in moves to `department`, or else to the owner's first."""

    kind = "deactivate"
    on_read_only = on_erased = True
    title = _lazy("Deactivate a user")
    icon = "person"
    action = "assign"

    model: Any
    leaving: User
    recipients: tuple[User, ...] = ()
    department: Department | None = None
    turns: Iterator[User] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", cycle(self.recipients))

    def get_parameters(self):
        return {"user": self.leaving.pk, "owners": [user.pk for user in self.recipients]}

    @classmethod
    def get_label(cls, parameters, kind):
        leaving = User.objects.filter(pk=parameters.get("user")).first()
        values = {"name": leaving.name if leaving else _("a former user")}
        if kind is None:
            return _("Reassign %(name)s’s records") % values
        return _("Reassign %(name)s’s %(many)s") % {"many": kind.words.many, **values}

    def get_refusals(self):
        found = []
        if any(not user.is_active for user in self.recipients):
            found.append(Refusal("owner_inactive", ~Q(pk=None)))
        if any(not user.department_ids for user in self.recipients):
            found.append(Refusal("owner_without_department", ~Q(pk=None)))
        return found

    def write(self, rows):
        if not self.recipients:
            rows.update(owner=None)
            return
        shares: dict[User, list[int]] = {}
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            shares.setdefault(next(self.turns), []).append(pk)
        for owner, ids in shares.items():
            rows.filter(pk__any=ids).update(
                owner=owner, department=build_department_expression(owner, self.department)
            )

    def write_consequences(self, record, changed):
        """One notification for each new owner, except the user who did it."""
        shares = self.model.objects.filter(pk__any=changed, owner__in=[user.pk for user in self.recipients])
        by_owner = dict(
            shares.order_by().values("owner").annotate(ids=ArrayAgg("pk")).values_list("owner", "ids")
        )
        for owner in self.recipients:
            if owner.pk in by_owner and owner != record.by:
                create_notification(
                    owner,
                    "handed_over",
                    record,
                    by_owner[owner.pk],
                    table=self.model.table,
                    **{"from": self.leaving.name},
                )
