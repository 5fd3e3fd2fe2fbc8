"""A webhook: an address that is told of operations; and its deliveries, each with what became of it."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEEP_DELIVERIES = timedelta(days=30)


class WebhookQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True, user__is_active=True)

    def of(self, user):
        return self.filter(user=user)

    def newest_first(self):
        return self.order_by("-id")


class Webhook(models.Model):
    """`kinds` are those of the operations that it wants, none are all; `secret` signs what is sent."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="webhooks")
    url = models.URLField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    secret = models.CharField(max_length=64)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")


class DeliveryQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-id")

    def expired(self):
        return self.filter(at__lt=timezone.now() - KEEP_DELIVERIES)


class WebhookDelivery(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    operation = models.ForeignKey("crm.Operation", models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=Now())

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "operation"], name="delivery_of_operation_once")
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_of_webhook"),  # its log
            models.Index(fields=["at"], name="delivery_of_webhook_at"),  # removing the old ones
        ]
