"""Goals: what a user, a department or the whole company wants to reach in a month."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Floor
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Membership
from accounts.scope import SEE_ALL, SEE_DEPARTMENTS
from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers

SETS = ("reports.add_goal", "reports.change_goal", "reports.delete_goal")


class GoalQuerySet(RemovableQuerySet):
    def of_revenue(self):
        """Those whose target is an amount, in the base currency."""
        return self.filter(measure=Goal.Measure.REVENUE)

    def visible_to(self, user):
        """The user's own; for users who may view reports or set goals, also those whose numbers they see completely."""
        own = Q(user=user.pk)
        if any(user.has_perm(right) for right in ("reports.view_report", *SETS)):
            own |= _build_completely_visible_condition(user)
        return self.filter(own)

    def changeable_by(self, user):
        return self.filter(_build_completely_visible_condition(user))

    def in_month(self, month: date):
        return self.filter(month=month)

    def of_owner(self, user_id: int | None, department_id: int | None):
        return self.filter(user=user_id, department=department_id)

    def measuring(self, measure: str):
        return self.filter(measure=measure)

    def of_no_user(self):
        return self.filter(user=None)

    def from_month(self, month: date):
        return self.filter(month__gte=month)

    def for_those_in_use(self):
        """Without deactivated users and retired departments."""
        return self.exclude(user__is_active=False).exclude(department__retired=True)

    def with_names(self):
        return self.select_related("user", "department")


def _build_completely_visible_condition(user) -> Q:
    """Those of whom the user sees all leads: otherwise a number would be too small."""
    if user.has_perm(SEE_ALL):
        return ~Q(pk__in=[])
    if not user.has_perm(SEE_DEPARTMENTS):
        return Q(pk__in=[])
    belongs = Membership.objects.filter(user=OuterRef("user"))
    elsewhere = belongs.exclude(department__in=user.department_ids)
    return Q(department__in=user.department_ids) | (Q(Exists(belongs)) & ~Q(Exists(elsewhere)))


class Goal(models.Model):
    """`month` is its first day. Without a user and a department, it is the goal of the whole company.

    Revenue is in the base currency; everything else is counted.
    """

    class Measure(models.TextChoices):
        LEADS = "leads", _("New leads")
        QUALIFIED = "qualified", _("Qualified leads")
        OPPORTUNITIES = "opportunities", _("Opportunities")
        WON = "won", _("Won leads")
        REVENUE = "revenue", _("Revenue")
        CALLS = "calls", _("Calls")
        MEETINGS = "meetings", _("Meetings")

    table = "goal"
    undo = UndoRules()

    month = models.DateField(_("month"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("user"),
        related_name="+",
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("department"), related_name="+"
    )
    measure = models.CharField(_("number"), max_length=20, choices=Measure)
    target = models.DecimalField(
        _("target"),
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"), _("Enter a number greater than 0."))],
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        default_permissions = ("add", "change", "delete")
        triggers = build_change_triggers("goal")
        constraints = [
            models.UniqueConstraint(
                "month", "user", "department", "measure", name="goal_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(user=None) | Q(department=None), name="goal_of_one"),
            models.CheckConstraint(condition=Q(target__gt=0), name="goal_above_zero"),
            models.CheckConstraint(condition=Q(month__day=1), name="goal_from_first_day"),
            models.CheckConstraint(
                condition=Q(measure="revenue") | Q(target=Floor("target")), name="goal_of_whole_numbers"
            ),
        ]

    @classmethod
    def get_right(cls, action: str) -> str:
        return f"reports.{action}_goal"

    @property
    def is_money(self) -> bool:
        return self.measure == self.Measure.REVENUE

    @property
    def label(self) -> str:
        """Whose goal it is."""
        return str(self.user or self.department or _now("Whole company"))

    def clean(self) -> None:
        if self.target is not None and not self.is_money and self.target % 1:
            raise ValidationError({"target": _now("Enter a whole number.")})
