"""The daily queue: the weights of its order, the leads that users have been given for a while, and the day's progress."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.singleton import OneRow
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from leads.models.lead import Lead

MOST_POINTS = 1000
LONGEST_HOLD = 8 * 60
LONGEST_RETRY = 30
# The fields with the points of a reason, in the order of the delivered ones.
WEIGHTS = (
    "contact_overdue",
    "task_overdue",
    "no_show",
    "contact_today",
    "task_today",
    "new",
    "stuck",
    "vip",
)


def build_weight_field(label: Any, points: int, help_text: Any = "") -> Any:
    """The points of a reason, from 0 to 1,000."""
    limits = [MaxValueValidator(MOST_POINTS)]
    return models.PositiveSmallIntegerField(
        label, default=points, db_default=points, validators=limits, help_text=help_text
    )


class QueueRules(OneRow):
    """One row; while the weights are as delivered, there is none. leads/queue/priority_reasons.py says what the weights are for."""

    table: ClassVar[str] = "queue_rules"
    undo = UndoRules()

    contact_overdue = build_weight_field(_("first contact overdue"), 100)
    task_overdue = build_weight_field(_("task overdue"), 80)
    no_show = build_weight_field(_("didn’t come to a meeting"), 70)
    contact_today = build_weight_field(_("first contact due today"), 60)
    task_today = build_weight_field(_("task due today"), 50)
    new = build_weight_field(_("new and not contacted"), 40)
    stuck = build_weight_field(pgettext_lazy("of a lead", "stuck"), 30)
    vip = build_weight_field(_("VIP"), 15, _("In addition to the points of the reasons."))
    score = models.PositiveSmallIntegerField(
        _("score, in percent"),
        default=100,
        db_default=100,
        validators=[MaxValueValidator(MOST_POINTS)],
        help_text=_("This much of the score of a lead is added to its points. 0 leaves the score aside."),
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("minutes for an unassigned lead"),
        default=15,
        db_default=15,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_HOLD)],
        help_text=_("For this long, a user who was given an unassigned lead is the only one who gets it."),
    )
    retry_days = models.PositiveSmallIntegerField(
        _("working days until the retry"),
        default=1,
        db_default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RETRY)],
        help_text=_("When a call wasn’t answered, the next one is planned for this day."),
    )
    # Codes of leads/queue/outcomes.py.
    outcomes_off = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("outcomes that aren’t offered"),
        default=list,
        db_default=[],
        blank=True,
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("queue")
        verbose_name_plural = _("queue")
        triggers = build_change_triggers("queue_rules")

    @property
    def weights(self) -> list[tuple[str, int]]:
        """The label and the points of each reason."""
        fields: list[Any] = [self._meta.get_field(name) for name in WEIGHTS]
        return [(str(capfirst(field.verbose_name)), getattr(self, field.name)) for field in fields]

    @classmethod
    def get_right(cls, action: str) -> str:
        return "leads.change_queuerules"


class QueueHoldQuerySet(models.QuerySet):
    def in_effect(self, now: datetime):
        return self.filter(until__gt=now)

    def over(self, now: datetime):
        return self.filter(until__lte=now)

    def of_lead(self, pk: int):
        return self.filter(lead=pk)

    def of_user(self, user):
        return self.filter(user=user)

    def of_others(self, user):
        return self.exclude(user=user)


class QueueHold(models.Model):
    """An unassigned lead that a user was given, and until when no one else gets it. Its lead may be gone by then."""

    lead = models.BigIntegerField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    until = models.DateTimeField()

    objects = QueueHoldQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["user", "until"], name="queue_hold_of_user")]


class QueueStepQuerySet(RemovableQuerySet):
    def changeable_by(self, user):
        """An undo by a colleague reverts the steps on leads that they may change."""
        return self.filter(lead__in=Lead.objects.changeable_by(user).values("pk"))

    def of_user(self, user):
        return self.filter(user=user)

    def on_lead(self, pk: int):
        return self.filter(lead=pk)

    def on_day(self, day: date):
        return self.filter(day=day)

    def before(self, day: date):
        return self.filter(day__lt=day)

    def skipped(self):
        return self.filter(outcome=QueueStep.SKIPPED)

    def in_effect(self, now: datetime):
        """Those that keep their lead out of the queue."""
        return self.filter(until__gt=now)

    def newest_first(self):
        return self.order_by("-id")


class QueueStep(models.Model):
    """What a user did with a lead of their queue: an outcome (leads/queue/outcomes.py), or a skip with its reason. It is
    part of the operation that recorded the outcome, so one undo reverts both."""

    SKIPPED: ClassVar[str] = "skipped"

    class Reason(models.TextChoices):
        LATER = "later", _("not now")
        UNKNOWN = "unknown", _("information is missing")
        COLLEAGUE = "colleague", _("a colleague takes care of it")
        OTHER = "other", _("another reason")

    table: ClassVar[str] = "queue_step"
    undo = UndoRules()

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    lead = models.BigIntegerField()
    # The day on the user's clock.
    day = models.DateField()
    outcome = models.CharField(max_length=20)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    operation = models.BigIntegerField()
    # When the lead can be in the user's queue again.
    until = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = QueueStepQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("step in the queue")
        triggers = build_change_triggers("queue_step")
        indexes = [
            models.Index(fields=["user", "day", "-id"], name="queue_step_of_day"),
            models.Index(fields=["lead", "user", "until"], name="queue_step_of_lead"),
        ]

    @property
    def is_skip(self) -> bool:
        return self.outcome == self.SKIPPED
