"""An inspection: an administrator looked at the list of leads as another user sees it."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Inspection(models.Model):
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="inspections_made")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="inspections")
    at = models.DateTimeField(default=timezone.now)
