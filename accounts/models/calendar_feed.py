"""The secret address at which a calendar program reads the tasks of a user."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone


class CalendarFeedQuerySet(models.QuerySet):
    def of_user(self, user):
        return self.filter(user=user)

    def with_secret(self, secret: str):
        """Of an active user."""
        return self.filter(digest=hash_feed_secret(secret), user__is_active=True)


class CalendarFeed(models.Model):
    """One per user. Only a digest of the secret is stored, so the address is shown once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_read_at = models.DateTimeField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "calendar feed"

    def note_read(self) -> None:
        """Write down that a calendar program has read it just now."""
        CalendarFeed.objects.filter(pk=self.pk).update(last_read_at=timezone.now())


def hash_feed_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def renew_feed_secret(user) -> str:
    """A new secret; the previous address stops working."""
    secret = secrets.token_urlsafe(32)
    values = {"digest": hash_feed_secret(secret), "created_at": timezone.now(), "last_read_at": None}
    CalendarFeed.objects.update_or_create(user=user, defaults=values)
    return secret
