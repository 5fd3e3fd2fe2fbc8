"""A mailing, and its delivery to each lead."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.records.history import Trigger

# People who have received something and haven't unsubscribed are subscribers (leads/models/newsletter.py).
RECEIVED = """
    INSERT INTO leads_newsletter AS n (lead_id, received, state)
    SELECT DISTINCT lead_id, true, 'receiving' FROM new_rows
    ON CONFLICT (lead_id) DO UPDATE SET received = true WHERE NOT n.received;
    RETURN NULL;
"""


class Mailing(models.Model):
    subject = models.CharField(_("subject"), max_length=200)
    sent_at = models.DateTimeField(_("sent"), null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="mailings"
    )

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        permissions = [("send_mailing", _("send mailings"))]

    def __str__(self) -> str:
        return self.subject


class Delivery(models.Model):
    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="deliveries")
    lead = models.ForeignKey("leads.Lead", models.CASCADE, related_name="deliveries")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "lead"], name="delivery_once")]
        triggers = [
            Trigger(
                name="newsletter",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=RECEIVED,
            )
        ]
