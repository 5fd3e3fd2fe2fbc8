"""Retention: after how many months leads in a status are deleted or erased, which of them are announced, and which are kept."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from leads.models import Lead, Status

LONGEST = 240


class RetentionRuleQuerySet(RemovableQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def erasing(self):
        return self.active().filter(action=RetentionRule.Action.ERASE)

    def in_order(self):
        return self.select_related("status__pipeline").order_by("status__pipeline", "status__position", "pk")


class RetentionRule(models.Model):
    """Leads that have been in a status for so long without any activity are deleted or erased. `is_confirmed` allows a rule that
    deletes to announce more than a tenth of all leads, and a rule that erases to do anything at all."""

    class Action(models.TextChoices):
        DELETE = "delete", _("Move to Trash")
        ERASE = "erase", _("Erase the person")

    table: ClassVar[str] = "retention_rule"
    undo = UndoRules()

    status = models.OneToOneField(Status, models.PROTECT, verbose_name=_("status"), related_name="+")
    months = models.PositiveSmallIntegerField(
        _("months"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("From 1 to 240. They count from the last change, activity or entry into the status."),
    )
    notice_days = models.PositiveSmallIntegerField(
        _("days of notice"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("From 1 to 90: how long before that the owners, or the managers, are notified."),
    )
    action = models.CharField(
        _("what happens"),
        max_length=10,
        choices=Action,
        default=Action.DELETE,
        help_text=_(
            "Leads in Trash can be restored. Erased persons can’t: names, emails, phones and texts are removed everywhere."
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_confirmed = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        triggers = build_change_triggers("retention_rule")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.status.label

    @property
    def erases(self) -> bool:
        return self.action == self.Action.ERASE

    @property
    def waits_for_confirmation(self) -> bool:
        """Whether it did nothing in the last night, because an administrator has to confirm it."""
        last = None if self.is_confirmed else self.runs.order_by("-at").first()
        return last is not None and last.is_paused

    @classmethod
    def get_right(cls, action: str) -> str:
        return "privacy.change_retentionrule"


class RetentionNotice(models.Model):
    """A lead whose deletion or erasure was announced. The worker alone writes it."""

    rule = models.ForeignKey(RetentionRule, models.CASCADE, related_name="notices")
    lead = models.OneToOneField(Lead, models.CASCADE, related_name="+")
    action = models.CharField(
        max_length=10,
        choices=RetentionRule.Action,
        default=RetentionRule.Action.DELETE,
        db_default=RetentionRule.Action.DELETE,
    )
    deletes_on = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()


class RetentionExemptionQuerySet(RemovableQuerySet):
    def of_lead(self, lead: Lead):
        return self.filter(lead=lead)

    def on(self, day: Any):
        """Those that are in effect on a day."""
        return self.filter(models.Q(until=None) | models.Q(until__gte=day))


class RetentionExemption(models.Model):
    """A lead that no rule deletes or erases, until a day or without a limit."""

    table: ClassVar[str] = "retention_exemption"
    undo = UndoRules()

    lead = models.OneToOneField(Lead, models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("Without a date, it is kept until you change this.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RetentionExemptionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("exemption from retention rules")
        verbose_name_plural = _("exemptions from retention rules")
        triggers = build_change_triggers("retention_exemption")

    def __str__(self) -> str:
        return self.reason


class RetentionRun(models.Model):
    """What a rule did in one night. `is_paused` if it waits for an administrator. `erased` counts persons, and grows while the
    night goes on."""

    rule = models.ForeignKey(RetentionRule, models.CASCADE, related_name="runs")
    at = models.DateTimeField(default=timezone.now)
    announced = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    erased = models.PositiveIntegerField(default=0, db_default=0)
    is_paused = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["rule", "-at"], name="retention_run_of_rule")]
