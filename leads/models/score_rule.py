"""Rules of points, whose sum is the score of a lead, and what the database reads of them."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.platform.models.retirable import Rule, RuleQuerySet, build_name_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from leads.models.assignment import ConditionsField

MOST_RULES = 100
MOST_POINTS = 100
MOST_TOGETHER = 1_000
MOST_DAYS = 3_650


def format_points(points: int) -> str:
    """Such as "+20" or "−10"."""
    return f"+{points}" if points > 0 else f"−{-points}"


def refuse_no_points(value: int) -> None:
    if value == 0:
        raise ValidationError(_("Enter points above or below 0."))


class ScoreRule(Rule):
    """`conditions` is the query of a lead list, for rules that count facts. The others count activities: each gives the points, and
    all of them together no more than `at_most`. Points fade evenly over `fades_over` days: those of an activity from its day, those of
    a fact from the date of the lead in the field `fades_from`, such as "last_contacted_at" or "c12"."""

    class Counts(models.TextChoices):
        FACT = "fact", _("leads that meet conditions")
        CALL = "call", _("calls that reached someone")
        MISSED = "missed", _("calls without an answer")
        MEETING = "meeting", _("meetings that took place")
        RECEIVED = "received", _("emails received")
        SENT = "sent", _("emails sent")

    table = "score_rule"

    name = models.CharField(_("name"), max_length=60)
    turned_on = models.BooleanField(_("turned on"), default=True, db_default=True)
    counts = models.CharField(
        pgettext_lazy("of a rule of points", "what it counts"),
        max_length=10,
        choices=Counts,
        default=Counts.FACT,
    )
    points = models.SmallIntegerField(
        _("points"),
        validators=[MinValueValidator(-MOST_POINTS), MaxValueValidator(MOST_POINTS), refuse_no_points],
        help_text=_("From −100 to 100. Negative points lower the score."),
    )
    conditions = ConditionsField(pgettext_lazy("of a rule", "conditions"), blank=True)
    fades_over = models.PositiveSmallIntegerField(
        _("fades over days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text=_("The points go down evenly and are 0 after these days. Empty means they stay."),
    )
    fades_from = models.CharField(
        pgettext_lazy("of a rule of points", "fades from"),
        max_length=30,
        blank=True,
        db_default="",
        help_text=_("The date of the lead from which the days count. Leads without it get no points."),
    )
    at_most = models.PositiveSmallIntegerField(
        _("at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_TOGETHER)],
        help_text=_(
            "All these activities of a lead together give no more points than this, from 1 to 1,000."
        ),
    )
    position = models.PositiveSmallIntegerField(default=0)

    undo = UndoRules(guards={"name": build_name_guard("leads_scorerule", "NOT g.retired")})

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("score rule")
        verbose_name_plural = _("score rules")
        triggers = build_change_triggers("score_rule")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="score_rule_once", condition=Q(retired=False)),
        ]

    @property
    def signed_points(self) -> str:
        return format_points(self.points)

    @property
    def signed_most(self) -> str:
        """The most that its activities give together."""
        return format_points((self.at_most or 0) * (1 if self.points > 0 else -1))

    @property
    def counts_facts(self) -> bool:
        return self.counts == self.Counts.FACT


class ScoreState(models.Model):
    """One row at most, written along with the rules: the statement that counts the points of leads as of `day`, so that a kept
    score is right to the point between two passes. `changed` compares the rows "o" and "n" of a lead in the columns that the
    statement reads. The state follows from the rules, so history doesn't record it.

    `rounds` counts how often all leads have followed since `at`, and `scored_to` is the last lead that the round under way has
    scored, None if there is none. A round that someone has `stopped` stays there until it is started again, the rules change or
    points fade.
    """

    ROW: ClassVar[int] = 1

    statement = models.TextField(blank=True)
    changed = models.TextField(blank=True)
    reads_values = models.BooleanField()
    reads_activities = models.BooleanField()
    # In the order of the points that the statement returns.
    rules: Any = ArrayField(models.BigIntegerField())
    day: Any = models.DateField()
    at = models.DateTimeField()
    rounds = models.PositiveSmallIntegerField(default=0)
    scored_to = models.BigIntegerField(null=True)
    stopped = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()

    @classmethod
    def get_current(cls) -> "ScoreState | None":
        return cls._default_manager.first()
