"""Hand over: the leads of somebody who leaves, to one colleague, spread evenly over several, or to nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.notices import tell
from crm.change import Refusal, Verb
from leads.models import Lead


@dataclass(frozen=True)
class HandOver(Verb):
    """A lead of a department that its new owner is not in moves to `department`, or else to the owner's first."""

    kind = "deactivate"
    permission = "leads.assign_lead"

    leaving: User
    recipients: tuple[User, ...] = ()
    department: Department | None = None
    turns: Iterator[User] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", cycle(self.recipients))

    def parameters(self):
        return {"user": self.leaving.pk, "owners": [user.pk for user in self.recipients]}

    @classmethod
    def words(cls, parameters):
        leaving = User.objects.filter(pk=parameters.get("user")).first()
        return _("Hand over the leads of %(name)s") % {"name": leaving.name if leaving else _("somebody")}

    def refusals(self):
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
            rows.filter(pk__any=ids).update(owner=owner, department=self._home(owner))

    def _home(self, owner: User) -> Case:
        theirs = owner.department_ids
        home = self.department.pk if self.department and self.department.pk in theirs else theirs[0]
        return Case(When(department__in=theirs, then=F("department_id")), default=Value(home))

    def follow(self, record, changed):
        """One message for each new owner, but not for who did it."""
        shares = Lead.objects.filter(pk__any=changed, owner__in=[user.pk for user in self.recipients])
        by_owner = dict(
            shares.order_by().values("owner").annotate(ids=ArrayAgg("pk")).values_list("owner", "ids")
        )
        for owner in self.recipients:
            if owner.pk in by_owner and owner != record.by:
                tell(owner, "handed_over", record, by_owner[owner.pk], **{"from": self.leaving.name})
