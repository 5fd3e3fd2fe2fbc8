"""A lead's newsletter state, and the permanent unsubscribe records."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.triggers.newsletter_state import build_newsletter_triggers


class Unsubscribe(models.Model):
    """Stored by folded email, so that a lead that is imported again stays unsubscribed. Who subscribes again has none."""

    email_key = models.CharField(max_length=254, unique=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers = build_newsletter_triggers()


class Newsletter(models.Model):
    """One row for each lead that has received a newsletter, or receives none because its person has unsubscribed or its address is
    suppressed; no row means none received.

    A separate table, written by triggers: it neither blocks an undo nor causes conflicts on the lead.
    """

    class State(models.TextChoices):
        NONE = "none", _("No newsletter received yet")
        RECEIVING = "receiving", _("Receives newsletters")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        SUPPRESSED = "suppressed", _("Suppressed")

    lead = models.OneToOneField("leads.Lead", models.CASCADE, primary_key=True, related_name="newsletter")
    received = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State)

    class Meta:
        indexes = [models.Index(fields=["state", "lead"], name="newsletter_state")]  # the filter and the sort
