"""A notification: one message for one cause, such as "Ann assigned 37 leads to you"."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.models.retention_periods import get_retention_period


class NotificationQuerySet(models.QuerySet):
    def of_user(self, user):
        return self.filter(user=user)

    def unread(self):
        return self.filter(read_at=None)

    def build_user_count_subquery(self):
        """The number of notifications of each user, as a subquery on users."""
        counted = self.filter(user=models.OuterRef("pk")).order_by().values("user")
        return counted.annotate(number=models.Count("pk")).values("number")

    def of_kinds(self, *kinds: str):
        return self.filter(kind__in=kinds)

    def since(self, moment):
        return self.filter(at__gte=moment)

    def newest_first(self):
        return self.order_by("-id")

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def up_to(self, pk: int):
        return self.filter(pk__lte=pk)

    def read_long_ago(self):
        return self.filter(read_at__lt=timezone.now() - get_retention_period("notifications"))

    def mark_read(self) -> int:
        """How many were unread until now."""
        return self.unread().update(read_at=timezone.now())


class Notification(models.Model):
    """`kind` and `parameters` become a sentence in the reader's language (crm/platform/web/notifications.py)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    operation = models.ForeignKey("crm.Operation", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_user"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notification_unread"),
        ]
