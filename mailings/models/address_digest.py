"""Addresses that get no mailing, or none of a list, and that can't be read any more: each is only a keyed digest."""

from django.db import models
from django.utils import timezone

from mailings.models.delivery import Delivery
from mailings.models.mailing_list import MailingList
from mailings.models.suppression import Suppression

UNSUBSCRIBED = "unsubscribed"


class ForgottenAddress(models.Model):
    """What the tables of unsubscribed and suppressed addresses said about an address before it was erased
    (mailings/suppression/address_erasure.py). `reason` is "unsubscribed" or a reason of the suppression list; `list` is None for all mailings."""

    digest = models.CharField(max_length=64)
    list = models.ForeignKey(MailingList, models.CASCADE, null=True, related_name="+")
    reason = models.CharField(
        max_length=14, choices=[(UNSUBSCRIBED, UNSUBSCRIBED), *Suppression.Reason.choices]
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "list", "reason"], name="forgotten_once", nulls_distinct=False
            )
        ]

    @property
    def exclusion_reason(self) -> str:
        """The reason that a recipient with this address is left out for."""
        if self.reason in (UNSUBSCRIBED, Suppression.Reason.BOUNCED):
            return self.reason
        return Delivery.Reason.SUPPRESSED
