"""An inspection: an administrator viewed the list of leads as another user sees it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

# How long the list stays open after the administrator confirmed.
FRESH = timedelta(hours=1)


class InspectionQuerySet(models.QuerySet):
    def fresh(self, by, user):
        """The inspections that let `by` view the list of `user` now."""
        return self.filter(by=by, user=user, at__gt=timezone.now() - FRESH)

    def newest_first(self):
        return self.order_by("-id")


class Inspection(models.Model):
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="inspections_made")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="inspections")
    at = models.DateTimeField(default=timezone.now)

    objects = InspectionQuerySet.as_manager()
