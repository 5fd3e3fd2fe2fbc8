"""A trial: what an automation would have done with the recorded changes of some days."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from automations.models.automation import Automation

# What decides which records an automation acts on, and how.
DECIDING = (
    "table_of",
    "trigger",
    "trigger_values",
    "for_imports",
    "conditions",
    "steps",
    "owner_id",
    "most_an_hour",
)


def build_definition(automation: Automation) -> dict[str, Any]:
    """What a trial depends on, as JSON."""
    return {name: getattr(automation, name) for name in DECIDING}


class AutomationTrialQuerySet(models.QuerySet):
    def of_reader(self, automation: Automation, user):
        """Those that this user made: they are about the records that this user sees."""
        return self.filter(automation=automation, user=user)

    def newest_first(self):
        return self.order_by("-pk")

    def finished(self):
        return self.filter(finished_at__isnull=False)


class AutomationTrial(models.Model):
    """Only numbers of changes, of records that its user could see: `acted` are the changes, or the deliveries of mailings,
    that would have woken the automation to act, `refused` those after which no step could change the record, the newest first. `reasons` are pairs of a reason code
    and the number of records. `definition` is what was tried (`build_definition`)."""

    class Days(models.IntegerChoices):
        MONTH = 30, _("30 days")
        QUARTER = 90, _("90 days")
        YEAR = 365, _("365 days")

    automation = models.ForeignKey(Automation, models.CASCADE, related_name="trials")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField(_("period"), choices=Days, default=Days.QUARTER)
    definition = models.JSONField()
    at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    # Whether there were more changes than a trial looks at; these are then the newest ones.
    is_cut = models.BooleanField(default=False, db_default=False)
    woken = models.PositiveIntegerField(default=0)
    acted_records = models.PositiveIntegerField(default=0)
    unmet = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    # Skipped because of the limit of an hour.
    over_limit = models.PositiveIntegerField(default=0, db_default=0)
    reasons = models.JSONField(default=list)
    acted = ArrayField(models.BigIntegerField(), default=list)
    refused = ArrayField(models.BigIntegerField(), default=list)

    objects = AutomationTrialQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["automation", "user", "-id"], name="automation_trial_of_reader")]

    def is_about(self, automation: Automation) -> bool:
        """Whether the automation is still as it was tried."""
        return bool(self.definition == build_definition(automation))
