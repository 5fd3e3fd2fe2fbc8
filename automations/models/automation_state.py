"""What the worker remembers of an automation between its runs."""

from django.db import models

from automations.models.automation import Automation


class AutomationState(models.Model):
    """Not a part of its history: the worker writes it. `faults` are those in a row, `limit_told_at` is when someone was
    last notified that it reached its limit."""

    automation = models.OneToOneField(Automation, models.CASCADE, primary_key=True, related_name="+")
    faults = models.PositiveSmallIntegerField(default=0, db_default=0)
    limit_told_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
