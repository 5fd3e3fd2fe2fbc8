"""Which roles a user has, and since when."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class HeldRole(models.Model):
    """A user has a role. The days to set up two-step verification don't count before `since`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        # Django's own table for the groups of a user, with one more column.
        db_table = "accounts_user_groups"
        unique_together = [("user", "group")]
        verbose_name = "role of a user"
