"""An automation: when something happens to a record, and the record meets conditions, then steps are done to it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext_lazy

from crm.fields.model_fields import Plain
from crm.fields.types.texts import ItemCount, Prose
from crm.platform.models.retirable import Rule, RuleQuerySet, build_name_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers

MOST_AN_HOUR = 100_000
MOST_STEPS = 10


# The step after which the next one waits (automations/definition/wait_step.py).
WAIT = "wait"


@dataclass(frozen=True)
class AutomationStep:
    """One step of an automation: the code of an action (automations/definition/action_types.py), and the values of the
    action's form as they were sent, texts or lists of texts by field."""

    action: str
    values: dict[str, Any]

    @property
    def as_json(self) -> dict[str, Any]:
        return {"action": self.action, "values": self.values}


class ConditionCount(Prose):
    """In the history of an automation: how many conditions it had. Their words depend on the record type, which a value
    alone doesn't tell."""

    def format_value(self, field, value, reader=None):
        count = len(QueryDict(value or ""))
        return ngettext("%(number)s condition", "%(number)s conditions", count) % {"number": count}


class ConditionsField(Plain, models.TextField):
    type = ConditionCount()
    path = "django.db.models.TextField"


class StepsField(Plain, models.JSONField):
    type = ItemCount(ngettext_lazy("%(number)s step", "%(number)s steps", "number"))
    path = "django.db.models.JSONField"


class TriggerValuesField(Plain, models.JSONField):
    type = ItemCount(ngettext_lazy("%(number)s value", "%(number)s values", "number"))
    path = "django.db.models.JSONField"


class AutomationQuerySet(RuleQuerySet):
    def of_type(self, table: str):
        """Those for records of one type."""
        return self.filter(table_of=table)

    def changeable_by(self, user):
        """Those that act with the permissions of the user, or of someone who has no more than they: whoever changes an automation
        decides what is done in its owner's name."""
        owners: Any = Automation._meta.get_field("owner").related_model
        return self.filter(
            Q(owner=user.pk) | Q(owner__in=owners._default_manager.changeable_by(user).values("pk"))
        )


class Automation(Rule):
    """`table_of` is the record type, `conditions` the query of its list. A deleted one is
    `retired`, because operations and the log name it. It acts with the permissions of its owner at that moment."""

    class Trigger(models.TextChoices):
        ADDED = "added", _("is added")
        FIELD_CHANGED = "field_changed", _("has a field changed")
        STATUS_ENTERED = "status_entered", _("gets a status")
        STATUS_LEFT = "status_left", _("leaves a status")
        ACTIVITY = "activity", _("has an activity logged")
        EMAIL_RECEIVED = "email_received", _("sends you an email")
        MEETING_HELD = "meeting_held", _("has a meeting held")
        NO_SHOW = "no_show", _("doesn’t come to a meeting")
        BOOKING_MADE = "booking_made", _("books a meeting")
        BOOKING_MOVED = "booking_moved", _("has a booked meeting moved")
        BOOKING_CANCELED = "booking_canceled", _("has a booked meeting canceled")
        MAILING_ANSWERED = "mailing_answered", _("answers a mailing")
        MAILING_OPENED = "mailing_opened", _("opens a mailing")
        MAILING_CLICKED = "mailing_clicked", _("clicks a link in a mailing")
        MAILING_BOUNCED = "mailing_bounced", _("has a mailing bounced")
        SEQUENCE_ENDED = "sequence_ended", _("has a sequence ended")
        QUIET = "quiet", _("is quiet for some working days")
        DATE = "date", _("has a date that comes near or has passed")
        MEETING_TIME = "meeting_time", _("has a meeting that comes near or has begun")
        TASK_OVERDUE = "task_overdue", _("has an overdue task")
        DAILY = "daily", _("meets the conditions, each day at a time")

    class OffReason(models.TextChoices):
        OWNER_INACTIVE = "owner_inactive", _("The owner is no longer active.")
        OWNER_PERMISSIONS = "owner_permissions", _("The owner no longer has the permissions for its steps.")
        CONDITIONS = "conditions", _("Its conditions or steps name something that no longer exists.")
        FAULTS = "faults", _("It failed several times in a row.")

    table = "automation"

    name = models.CharField(_("name"), max_length=60)
    table_of = models.CharField(_("record type"), max_length=40)
    turned_on = models.BooleanField(_("turned on"), default=False, db_default=False)
    trigger = models.CharField(
        pgettext_lazy("of an automation", "when a record"),
        max_length=20,
        choices=Trigger,
        default=Trigger.ADDED,
    )
    # By the names that automations/definition/trigger_types.py lists for each trigger.
    trigger_values = TriggerValuesField(_("trigger values"), default=dict, db_default={}, blank=True)
    for_imports = models.BooleanField(
        _("also for imports"),
        default=False,
        db_default=False,
        help_text=_("An import can wake the automation for thousands of records at once."),
    )
    conditions = ConditionsField(pgettext_lazy("of a rule", "conditions"), blank=True)
    steps = StepsField(_("steps"), default=list, db_default=[])
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("owner"),
        related_name="+",
        help_text=_("The automation changes only what its owner may change."),
    )
    most_an_hour = models.PositiveIntegerField(
        _("most records an hour"),
        default=1_000,
        db_default=1_000,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_AN_HOUR)],
        help_text=_("Further records within the hour are skipped and listed in the log."),
    )
    off_reason = models.CharField(
        _("why it was turned off"), max_length=20, choices=OffReason, blank=True, default="", db_default=""
    )
    position = models.PositiveSmallIntegerField(default=0, db_default=0)

    undo = UndoRules(guards={"name": build_name_guard("automations_automation", "NOT g.retired")})

    objects = AutomationQuerySet.as_manager()

    class Meta:
        verbose_name = _("automation")
        verbose_name_plural = _("automations")
        triggers = build_change_triggers("automation")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="automation_once", condition=Q(retired=False)),
        ]

    @property
    def acts_by_clock(self) -> bool:
        """Whether time wakes it, and no change of a record."""
        return self.trigger in BY_CLOCK

    @property
    def is_by_mailings(self) -> bool:
        """Whether what a recipient does with a mailing wakes it."""
        return self.trigger in BY_MAILINGS

    @property
    def is_by_changes(self) -> bool:
        """Whether recorded changes wake it, so it can be tried on those of the past."""
        return not (self.acts_by_clock or self.is_by_mailings)

    @property
    def parsed_steps(self) -> list[AutomationStep]:
        return [AutomationStep(step["action"], step["values"]) for step in self.steps]


BY_CLOCK = (
    Automation.Trigger.QUIET,
    Automation.Trigger.DATE,
    Automation.Trigger.MEETING_TIME,
    Automation.Trigger.TASK_OVERDUE,
    Automation.Trigger.DAILY,
)
# What a recipient does with a mailing: the moment of a delivery that is set once, when it first happens.
BY_MAILINGS = {
    Automation.Trigger.MAILING_ANSWERED: "replied_at",
    Automation.Trigger.MAILING_OPENED: "opened_at",
    Automation.Trigger.MAILING_CLICKED: "clicked_at",
    Automation.Trigger.MAILING_BOUNCED: "bounced_at",
}
