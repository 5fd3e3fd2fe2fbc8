"""API calls: who called what, with which result, without bodies; and stored responses for an Idempotency-Key."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.models.retention_periods import get_retention_period

KEEP_REPLIES = timedelta(days=1)


class ApiCallQuerySet(models.QuerySet):
    def of_tokens(self, tokens):
        return self.filter(token__in=tokens)

    def newest_first(self):
        return self.order_by("-id")

    def with_names(self):
        return self.select_related("token__user")

    def expired(self):
        return self.filter(at__lt=timezone.now() - get_retention_period("calls"))


class ApiCall(models.Model):
    """`path` excludes the query, which may contain a token or search words."""

    token = models.ForeignKey("crm.Token", models.CASCADE, related_name="api_calls", db_index=False)
    at = models.DateTimeField(db_default=Now())
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()
    address = models.GenericIPAddressField(null=True)

    objects = ApiCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [
            models.Index(fields=["token", "-id"], name="api_call_token"),  # the page of a token
            models.Index(fields=["at"], name="api_call_at"),  # removing old ones
        ]


class ApiReplyQuerySet(models.QuerySet):
    def expired(self):
        return self.filter(at__lt=timezone.now() - KEEP_REPLIES)

    def with_key(self, token, key: str):
        return self.filter(token=token, key=key)


class ApiReply(models.Model):
    """The response to a call with an Idempotency-Key: the same call again gets it and does nothing.

    `asked` is the hash of method, URL and body, so that a key isn't used for another call.
    """

    token = models.ForeignKey("crm.Token", models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    asked = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict, db_default={})
    body = models.BinaryField()

    objects = ApiReplyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_reply_once")]
        indexes = [models.Index(fields=["at"], name="api_reply_at")]  # removing old ones
