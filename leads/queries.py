"""Which leads: scopes only, so that every query reads as a sentence. Verbs stand at the end, one line each."""

from dataclasses import replace

from django.db import models
from django.db.models import ExpressionWrapper, Func, Q, Value
from django.db.models.functions import Left, Now

from crm.segments import Slice

# Not in the bin: also what the indexes of the list hold.
PRESENT = Q(binned_at__isnull=True)


def added_between(first, before) -> Q:
    """Added from a moment on and before another one; None is open."""
    since = Q(created_at__gte=first) if first else Q()
    return since & Q(created_at__lt=before) if before else since


def branches_seen(user) -> list[Q]:
    """The parts that together are all a user may see.

    Everybody sees what is shared; without any scope a user sees nothing.
    """
    if user.has_perm("leads.see_all"):
        return [Q()]
    own, shared = Q(owner=user.pk), Q(shared=True)
    if user.has_perm("leads.see_departments"):
        return [*(Q(department=department) for department in user.department_ids), own, shared]
    if user.has_perm("leads.see_unassigned"):
        unassigned = [Q(department=department, owner=None) for department in user.department_ids]
        return [own, *unassigned, shared]
    if user.has_perm("leads.see_own"):
        return [own, shared]
    return []


def branches_changed(user) -> list[Q]:
    """The parts that a user may change: never what is only shared or only unassigned."""
    if user.has_perm("leads.see_all"):
        return [Q()]
    own = Q(owner=user.pk)
    if user.has_perm("leads.see_departments"):
        return [Q(department__in=user.department_ids), own]
    if user.has_perm("leads.see_unassigned") or user.has_perm("leads.see_own"):
        return [own]
    return []


def any_of(branches: list[Q]) -> Q:
    """The OR of some conditions; of none of them: nothing."""
    if not branches:
        return Q(pk__in=[])
    together = branches[0]
    for branch in branches[1:]:
        together |= branch
    return together


def slices_seen(user, led_by: tuple[str, ...]) -> list[Slice]:
    """The same as visible_to(user) of present leads, as crm/pages.py reads them from indexes that these columns lead and
    that leave out the bin."""
    if not branches_seen(user):
        return slices_of_bin(user)
    own, shared = Q(owner=user.pk), Q(shared=True)
    all_departments = tuple(user.all_department_ids)
    if user.has_perm("leads.see_all"):
        return [Slice(Q(), "department_id", all_departments, index=PRESENT)]
    mine = tuple(user.department_ids)
    other = tuple(department for department in all_departments if department not in mine)
    if user.has_perm("leads.see_departments"):
        slices = [Slice(Q(), "department_id", mine, index=PRESENT)]
    elif "owner_id" in led_by:
        # The index led by owner and department: the oldest leads of a large department may all be somebody else's.
        slices = [Slice(Q(), "department_id", mine, led=own, index=PRESENT)]
        if user.has_perm("leads.see_unassigned"):
            slices.append(Slice(Q(), "department_id", mine, led=Q(owner=None), index=PRESENT))
    elif user.has_perm("leads.see_unassigned"):
        slices = [Slice(own | Q(owner=None), "department_id", mine, index=PRESENT)]
    else:
        slices = [Slice(own, "department_id", mine, index=PRESENT)]
    if "owner_id" in led_by:
        slices += [
            Slice(Q(), "department_id", other, led=own, index=PRESENT),
            Slice(Q(), "", (), led=shared, index=PRESENT),
        ]
    else:
        slices.append(Slice(own & Q(department__in=other) | shared, index=PRESENT))
    return slices


def slices_of_bin(user) -> list[Slice]:
    """What of the bin a user may see: no index of a sort holds it, so it is collected and sorted."""
    return [Slice(any_of(branches_seen(user)))]


def slices_narrowed(
    slices: list[Slice], departments: list[int], one: tuple[str, object] | None = None
) -> list[Slice]:
    """The same slices where a filter names departments, or one owner, status, source or country: each of those leads,
    with the department, an index in the order of age. A slice that the owner leads can only be narrowed by an owner."""
    found = []
    for part in slices:
        if part.column and departments:
            part = replace(part, values=tuple(value for value in part.values if value in departments))
        if one and part.column and (one[0] == "owner" or not part.led):
            part = part.led_by(Q(**{one[0]: one[1]}))
        found.append(part)
    return found


class LeadQuerySet(models.QuerySet):
    def present(self):
        return self.filter(PRESENT)

    def in_bin(self):
        return self.filter(binned_at__isnull=False)

    def locked(self, pk: int) -> None:
        """Hold this one, if it is in the set, to the end of the transaction."""
        list(self.filter(pk=pk).select_for_update(no_key=True, of=("self",)).order_by().values_list("pk"))

    def visible_to(self, user):
        return self.filter(any_of(branches_seen(user)))

    def changeable_by(self, user):
        return self.filter(any_of(branches_changed(user)))

    def with_may_change(self, user):
        """Whether the user may change it, as `may_change` on each lead."""
        may = any_of(branches_changed(user)) if user.has_perm("leads.change_lead") else Q(pk__in=[])
        return self.annotate(may_change=ExpressionWrapper(may, models.BooleanField()))

    def takeable_by(self, user):
        """Unassigned leads of the user's departments, which a sales person may take."""
        if user.has_perm("leads.see_all"):
            return self.filter(owner=None)
        return self.filter(owner=None, department__in=user.department_ids)

    def added_between(self, first, before):
        """Added from a moment on and before another one; None is open."""
        return self.filter(added_between(first, before))

    def in_statuses(self, statuses: list[int]):
        return self.filter(status__in=statuses)

    def without_junk(self):
        from leads.models.status import Status

        return self.exclude(status__in=Status.objects.of_kind(Status.Kind.DISQUALIFIED).values("pk"))

    def open(self):
        from leads.models.status import Status

        return self.filter(status__in=Status.objects.of_kind(*Status.OPEN).values("pk"))

    def owned_by(self, user):
        return self.filter(owner=user)

    def in_department(self, department):
        return self.filter(department=department)

    def with_next_action(self):
        return self.exclude(next_action="", next_action_on=None)

    def alike(self, *, email: str = "", phone: str = "", company: str = ""):
        """Leads with the same e-mail, phone (normal form) or company; none where nothing of it is known."""
        same = Q(pk__in=[])
        if email.strip():
            same |= Q(email_key=Func(Value(email), function="leadwell_fold_email"))
        if phone:
            same |= Q(phone_normal=phone)
        if company.strip():
            folded = Func(Value(company.strip()), function="leadwell_fold", output_field=models.TextField())
            same |= Q(company_key=Left(folded, 100))
        return self.filter(same)

    def in_order_of(self, ids: list[int]):
        """In the order of these ids."""
        place = Func(Value(ids), "pk", function="array_position", output_field=models.IntegerField())
        return self.order_by(place)

    def with_names(self):
        """Status, source, owner and department come along, for screens that show their names."""
        return self.select_related("status", "source", "owner", "department")

    # What the machine asks of a tracked table (crm/change.py, crm/undo.py)

    def why_missing(self, ids: list[int], user) -> dict[str, list[int]]:
        """Why these leads cannot be changed by the user: ids by reason; "hidden" are those that they do not see."""
        rows = self.filter(pk__any=ids)
        visible = set(rows.visible_to(user).values_list("pk", flat=True))
        changeable = set(rows.changeable_by(user).values_list("pk", flat=True))
        binned = dict(rows.values_list("pk", "binned_at"))
        reasons: dict[str, list[int]] = {}
        for pk in ids:
            if pk not in binned:
                reason = "gone"
            elif pk not in visible:
                reason = "hidden"
            elif pk not in changeable:
                reason = "not_changeable"
            else:
                reason = "binned" if binned[pk] else "not_binned"
            reasons.setdefault(reason, []).append(pk)
        return reasons

    def take_back_created(self) -> list[int]:
        """Leads that an undone operation created go into the bin."""
        ids = list(self.filter(binned_at=None).values_list("pk", flat=True))
        self.filter(pk__any=ids).update(binned_at=Now())
        return ids
