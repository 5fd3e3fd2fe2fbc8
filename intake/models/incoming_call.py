"""The log of incoming webhooks: each record that came, and what was made of it; and how many calls came in this minute."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intake.models.incoming_webhook import IncomingWebhook

# A call without an ID whose body came within this time is the same call, sent again. Later it may be meant.
EQUAL_CALLS_FOR = timedelta(minutes=5)


class IncomingCallQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-id")

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def equal_lately(self, call: Any):
        """Calls of the same webhook with the same body, within the time in which programs send a call again. Those of which nothing
        was made don't count, so that a test can be sent again after the mapping was corrected."""
        if not call.digest:
            return self.none()
        taken = self.filter(at__gt=Now() - EQUAL_CALLS_FOR).exclude(state=IncomingCall.State.ATTENTION)
        return taken.filter(webhook=call.webhook_id, digest=call.digest)

    def waiting(self):
        """Those that someone has to look at."""
        return self.filter(state=IncomingCall.State.ATTENTION)

    def with_record(self, kind: str, record: Any):
        """Those that added or updated this record, given by its ID or an expression."""
        made = (IncomingCall.State.ADDED, IncomingCall.State.UPDATED)
        return self.filter(of=kind, record=record, state__in=made)

    def may_be_repeated(self):
        return self.filter(state__in=IncomingCall.REPEATABLE, cut=False)

    def expired(self):
        kept = models.ExpressionWrapper(
            models.F("webhook__days_kept") * models.Value(timedelta(days=1)), models.DurationField()
        )
        return self.filter(at__lt=models.ExpressionWrapper(Now() - kept, models.DateTimeField()))


class IncomingCall(models.Model):
    """`problems` are reasons with their details (intake/webhooks/reasons.py); `address` is hashed; `record` is the number
    of the record of the kind `of` that was added, updated or found."""

    class State(models.TextChoices):
        ADDED = "added", pgettext_lazy("a call", "added")
        UPDATED = "updated", pgettext_lazy("a call", "updated")
        SKIPPED = "skipped", pgettext_lazy("a call", "skipped")
        ATTENTION = "attention", _("needs attention")

    REPEATABLE = (State.SKIPPED, State.ATTENTION)

    webhook = models.ForeignKey(IncomingWebhook, models.CASCADE, related_name="calls", db_index=False)
    at = models.DateTimeField(db_default=Now())
    address = models.CharField(max_length=16, blank=True)
    headers = models.JSONField(default=dict)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.TextField(blank=True)
    # Which of the records of the call it is; most calls have one.
    place = models.PositiveSmallIntegerField(default=1, db_default=1)
    places = models.PositiveSmallIntegerField(default=1, db_default=1)
    # Whether the body was too long to be kept whole.
    cut = models.BooleanField(default=False)
    delivery = models.CharField(max_length=200, blank=True)
    # Of the body and the place in it, if the call has no ID.
    digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State, default=State.ATTENTION)
    problems = models.JSONField(default=list)
    of = models.CharField(max_length=40, blank=True)
    record = models.BigIntegerField(null=True)

    objects = IncomingCallQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "delivery"],
                condition=~models.Q(delivery=""),
                name="incoming_delivery_once",
            )
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="call_of_incoming_webhook"),  # its log
            models.Index(fields=["at"], name="incoming_call_at"),  # removing old ones
            # How a record came in.
            models.Index(
                fields=["record"],
                name="incoming_call_record",
                condition=models.Q(record__isnull=False),
            ),
        ]


class IncomingUse(models.Model):
    """The calls of a webhook in the minute that ends at `minute`, and those that couldn't prove themselves."""

    webhook = models.OneToOneField(
        IncomingWebhook, models.CASCADE, primary_key=True, related_name="use", db_index=False
    )
    minute = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
