"""What a recipient has done with a mailing, until the automations that this wakes have looked at it."""

from django.db import models

from automations.models.automation import Automation


class MailingResponseQuerySet(models.QuerySet):
    def of_automation(self, automation: int):
        return self.filter(automation=automation)

    def in_order(self):
        return self.order_by("id")


class MailingResponse(models.Model):
    """Written by the database together with the delivery (automations/running/response_trigger.py), so it is there exactly if the
    response is recorded, once for each automation that is on and waits for it. Only the number of the delivery, whose record may
    be merged into another one before the automation acts."""

    automation = models.ForeignKey(Automation, models.CASCADE, related_name="+", db_index=False)
    delivery = models.BigIntegerField()

    objects = MailingResponseQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["automation", "delivery"], name="automation_response_once")
        ]
