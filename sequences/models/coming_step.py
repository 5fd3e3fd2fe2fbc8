"""What a running enrollment does next, and when."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now

from sequences.models.enrollment import Enrollment


class ComingStepQuerySet(models.QuerySet):
    def due(self, now: datetime):
        """Of sequences that are turned on; those that are turned off wait."""
        return self.filter(due_at__lte=now, enrollment__sequence__turned_on=True)

    def unplanned(self):
        return self.filter(key="")

    def planned(self):
        return self.exclude(key="")

    def of_authors(self, authors):
        return self.filter(enrollment__author__in=authors)

    def in_order(self):
        return self.order_by("due_at", "enrollment")


class ComingStep(models.Model):
    """There is exactly one while the enrollment is running. `key` is the step of the sequence, or '' until the worker has worked out
    which one and when: for a few seconds after the steps of the sequence were edited, or after an undo brought an enrollment
    back. It isn't a part of the history: it follows from what was done."""

    enrollment = models.OneToOneField(Enrollment, models.CASCADE, primary_key=True, related_name="coming")
    key = models.CharField(max_length=16, blank=True, default="", db_default="")
    due_at = models.DateTimeField(db_default=Now())

    objects = ComingStepQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["due_at", "enrollment"], name="sequence_step_due")]
