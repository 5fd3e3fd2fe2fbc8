"""How far each lead got, and what it brought: one narrow row per lead, from which reports count.

A report over a million leads would read a million wide rows and all their moves. These rows are derived from leads, their
moves and their deals (reports/engine/progress_derivation.py) and by nothing else.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import OwnedScope


def prefix_condition(path: str, condition: models.Q) -> models.Q:
    """The same condition on the row to which this path leads."""
    if not path:
        return condition
    found = models.Q(_connector=condition.connector, _negated=condition.negated)
    children: list[Any] = condition.children
    for child in children:
        found.children.append(
            prefix_condition(path, child) if isinstance(child, models.Q) else (f"{path}{child[0]}", child[1])
        )
    return found


def can_see_all_leads(user: User) -> bool:
    return not OwnedScope().build_visible_condition(user)


def build_visible_condition(user: User) -> models.Q:
    """The leads outside Trash that the user sees, as in the list of leads; those of erased persons still count."""
    return OwnedScope().build_visible_condition(user) & models.Q(present=True)


class ProgressQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        return self.filter(build_visible_condition(user))

    def in_trash(self):
        """In Trash."""
        return self.filter(present=False)

    def with_reason(self):
        return self.exclude(lost_reason=None)


def build_reference(to: str) -> Any:
    """Rows are derived, so the database doesn't check them a second time."""
    return models.ForeignKey(
        to, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )


# What says who sees a row.
SCOPE = ["owner", "department", "shared", "present"]


class Progress(models.Model):
    """Times are moments. `contacted_at`, `qualified_at` and `proposal_at` are when the lead first entered a status of this
    category or a later one; `won_at` and `lost_at` are those of its present status.

    `touched_at` is when someone last touched it (reports/engine/untouched_leads.py); empty only until it is derived for the first time.
    `contact_due_at` is by when it had to be contacted by today's limits and working hours, also once it was; empty without a
    limit. `revenue` is in the base currency; `revenue_missing` says that an amount or a rate is missing for it, and
    `revenue_without_rate` that it is a rate. `path` is the IDs of the statuses that it has been in, in order.
    """

    lead = models.OneToOneField(
        "leads.Lead",
        models.DO_NOTHING,
        verbose_name=_("lead"),
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    created_at = models.DateTimeField(_("added"))
    contacted_at = models.DateTimeField(_("contacted"), null=True)
    qualified_at = models.DateTimeField(_("qualified"), null=True)
    proposal_at = models.DateTimeField(_("proposal"), null=True)
    opportunity_at = models.DateTimeField(_("opportunity"), null=True)
    won_at = models.DateTimeField(_("won"), null=True)
    lost_at = models.DateTimeField(_("lost"), null=True)
    first_contacted_at = models.DateTimeField(_("first contacted"), null=True)
    touched_at = models.DateTimeField(_("last touched"), null=True)
    contact_due_at = models.DateTimeField(_("first contact due"), null=True)
    status_since = models.DateTimeField(_("in status since"))
    revenue_at = models.DateTimeField(_("revenue since"), null=True)
    base_value = models.DecimalField(_("value"), max_digits=20, decimal_places=2, null=True)
    revenue = models.DecimalField(_("revenue"), max_digits=20, decimal_places=2, null=True)
    owner = build_reference(settings.AUTH_USER_MODEL)
    department = build_reference("accounts.Department")
    source = build_reference("leads.Source")
    status = build_reference("leads.Status")
    lost_reason = build_reference("leads.LostReason")
    country = models.CharField(_("country"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3)
    vip = models.BooleanField(_("VIP"))
    shared = models.BooleanField(_("shared with everyone"))
    present = models.BooleanField(_("outside Trash"))
    has_value = models.BooleanField(_("has a value"))
    revenue_missing = models.BooleanField(_("revenue missing"))
    revenue_without_rate = models.BooleanField(_("revenue without a rate"), db_default=False)
    erased = models.BooleanField(_("erased"))
    path = models.TextField(_("status path"))

    objects = ProgressQuerySet.as_manager()

    class Meta:
        abstract = True


class LeadProgress(Progress):
    """As the worker has stored it."""

    class Meta:
        verbose_name = _("progress of a lead")
        verbose_name_plural = _("progress of leads")
        # Reports over a few days, those of one owner, and what happened in a month; others read the whole table. Those of a moment
        # have what Today asks for, so that it reads no rows.
        indexes = [
            models.Index(fields=["created_at"], name="progress_created", include=SCOPE),
            models.Index(
                fields=["owner", "created_at"],
                name="progress_owner",
                include=["department", "shared", "present"],
            ),
            models.Index(
                fields=["won_at"],
                name="progress_won",
                include=SCOPE,
                condition=models.Q(won_at__isnull=False),
            ),
            models.Index(fields=["lost_at"], name="progress_lost", condition=models.Q(lost_at__isnull=False)),
            models.Index(fields=["lead"], name="progress_absent", condition=models.Q(present=False)),
            models.Index(
                fields=["revenue_at"],
                name="progress_revenue",
                include=[*SCOPE, "revenue", "revenue_missing", "revenue_without_rate"],
                condition=models.Q(revenue_at__isnull=False),
            ),
        ]


class CurrentProgress(Progress):
    """The same as of now: leads that have changed since are derived as they are read (a view, reports/engine/progress_derivation.py)."""

    class Meta:
        managed = False
        db_table = "reports_currentprogress"
        verbose_name = _("progress of a lead")
        verbose_name_plural = _("progress of leads")


class ChangedLeadQuerySet(models.QuerySet):
    def has_more_than(self, number: int) -> bool:
        return self.order_by()[number : number + 1].exists()


class ChangedLead(models.Model):
    """A lead whose row has to be derived again, written by triggers; the worker takes them (reports/engine/progress_derivation.py)."""

    lead = models.BigIntegerField()
    at = models.DateTimeField(db_default=models.functions.Now())

    objects = ChangedLeadQuerySet.as_manager()
