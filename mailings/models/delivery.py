"""A recipient of a mailing: what was sent to whom, when, and what followed; or why nothing is sent."""

from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.platform.sql.change_triggers import Trigger
from mailings.models.mailing import Mailing

# People who have received something and haven't unsubscribed are subscribers (leads/models/newsletter.py).
RECEIVED = """
    INSERT INTO leads_newsletter AS n (lead_id, received, state)
    SELECT DISTINCT d.record, true, 'receiving' FROM new_rows d JOIN leads_lead l ON l.id = d.record
    WHERE d.of = 'lead' AND d.state = 'sent'
    ON CONFLICT (lead_id) DO UPDATE SET received = true WHERE NOT n.received;
    RETURN NULL;
"""


# What a recipient did with the email.
RESPONDED = (
    Q(replied_at__isnull=False)
    | Q(opened_at__isnull=False)
    | Q(clicked_at__isnull=False)
    | Q(unsubscribed_at__isnull=False)
)


class RecipientQuerySet(models.QuerySet):
    def of_mailing(self, mailing: Mailing):
        return self.filter(mailing=mailing)

    def of_mailings(self, mailings: Iterable[Mailing]):
        return self.filter(mailing__in=[mailing.pk for mailing in mailings])

    def in_state(self, *states: str):
        return self.filter(state__in=states)

    def with_response(self):
        return self.filter(RESPONDED)

    def skipped_for(self, reason: str):
        return self.filter(state=Delivery.State.LEFT_OUT, reason=reason)

    def of_record(self, table: str, pk: int):
        return self.filter(of=table, record=pk)


class Delivery(models.Model):
    """One row for each mailing and record, and only one that is sent for each mailing and address: no one gets a mailing twice.

    `sending` is a row that a worker has taken until `taken_until`; if that worker dies, another one takes it then. The rows stay
    when their records are deleted permanently, without their addresses, so the counts of a mailing don't move.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        LEFT_OUT = "left_out", _("Skipped")

    class Reason(models.TextChoices):
        HIDDEN = "hidden", _("Deleted, or not visible to the sender")
        NO_EMAIL = "no_email", _("No email address")
        DISQUALIFIED = "disqualified", _("Disqualified")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Earlier email bounced")
        SUPPRESSED = "suppressed", _("On the suppression list")
        NO_CONSENT = "no_consent", _("No consent")
        NO_VALUE = "no_value", _("No value for a merge field")
        RECENT = "recent", _("Received another mailing recently")
        SHARED = "shared", _("Shares an address with another recipient")
        CANCELLED = "cancelled", _("Mailing canceled")

    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="deliveries")
    of = models.CharField(max_length=40, default="lead", db_default="lead")
    record = models.BigIntegerField()
    address = models.CharField(max_length=254, blank=True, default="", db_default="")
    email_key = models.CharField(max_length=254, blank=True, default="", db_default="")
    # Of the address, once that is erased (mailings/suppression/address_digests.py).
    digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    vip = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING)
    reason = models.CharField(max_length=14, choices=Reason, blank=True, default="", db_default="")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(null=True)
    taken_until = models.DateTimeField(null=True)
    # What the mail server said.
    problem = models.CharField(max_length=300, blank=True, default="", db_default="")
    # It stays when the account is removed, so that its caps count the same emails when an undo brings it back.
    account = models.ForeignKey(
        "mailings.MailingAccount", models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    at = models.DateTimeField(_("sent"), null=True)
    bounced_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    unsubscribe_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    replied_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["mailing", "of", "record"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["mailing", "email_key"],
                name="delivery_once_for_address",
                condition=~Q(state="left_out") & ~Q(email_key=""),
            ),
        ]
        indexes = [
            models.Index(fields=["mailing", "state", "reason", "id"], name="delivery_of_mailing"),
            models.Index(fields=["of", "record", "mailing"], name="delivery_to_record"),
            models.Index(fields=["email_key", "at"], name="delivery_to_address"),
            # What the worker takes next, what counts for the caps of an account, and what may pause a mailing.
            models.Index(
                fields=["mailing", "vip", "id"],
                name="delivery_to_send",
                condition=Q(state__in=["waiting", "sending"]),
            ),
            models.Index(fields=["account", "at"], name="delivery_through", condition=Q(state="sent")),
            models.Index(fields=["account"], name="delivery_taken", condition=Q(state="sending")),
            models.Index(fields=["mailing"], name="delivery_bounced", condition=Q(bounced_at__isnull=False)),
            # The list of mailings counts these; most recipients do nothing.
            models.Index(
                fields=["mailing"],
                include=["replied_at", "opened_at", "clicked_at", "unsubscribed_at"],
                name="delivery_responded",
                condition=RESPONDED,
            ),
        ]
        triggers = [
            Trigger(
                name=name,
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=event,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=RECEIVED,
            )
            for name, event in (("newsletter", pgtrigger.Insert), ("newsletter_later", pgtrigger.Update))
        ]


def get_reason_label(reason: str, mailing: Mailing) -> Any:
    """A reason in words, with the name of the consent that a recipient of this mailing lacks."""
    if reason == Delivery.Reason.NO_CONSENT and mailing.purpose:
        return _now("No consent to “%(purpose)s”") % {"purpose": mailing.purpose.name}
    return Delivery.Reason(reason).label
