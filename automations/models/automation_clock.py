"""Up to when an automation by the clock has looked for due records, and when it looks again."""

from datetime import datetime

from django.db import models

from automations.models.automation import Automation


class AutomationClockQuerySet(models.QuerySet):
    def due(self, now: datetime):
        return self.filter(next_at__lte=now)

    def in_order(self):
        """Those that are due first, and of one moment in the order of the list."""
        return self.order_by("next_at", "automation__position", "automation")


class AutomationClock(models.Model):
    """There is one while an automation by the clock is on: a trigger of the database writes it when the automation is turned on
    or gets another trigger (automations/running/clock_trigger.py). So nothing that was due before `looked_at` is ever done."""

    automation = models.OneToOneField(Automation, models.CASCADE, primary_key=True, related_name="+")
    looked_at = models.DateTimeField()
    next_at = models.DateTimeField()

    objects = AutomationClockQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["next_at"], name="automation_clock_next")]
