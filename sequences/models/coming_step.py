"""What a running enrollment does next, and when."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sequences.models.enrollment import Enrollment
from sequences.models.sequence import Sequence

# What the worker has to work out: a node of the version before may add rows without an author while a new version is deployed.
UNPLANNED = Q(key="") | Q(author=None)


class ComingStepQuerySet(models.QuerySet):
    def due(self, now: datetime):
        return self.filter(due_at__lte=now)

    def of_ended(self):
        """There are none, unless something went wrong."""
        return self.exclude(enrollment__state="running")

    def unplanned(self):
        return self.filter(UNPLANNED)

    def planned(self):
        return self.exclude(key="")

    def with_key_of(self, step: "ComingStep"):
        """The same step in the same name."""
        return self.filter(author=step.author_id, sequence=step.sequence_id, key=step.key)

    def in_order(self):
        return self.order_by("due_at", "enrollment")


class ComingStep(models.Model):
    """There is exactly one while the enrollment is running. `key` is the step of the sequence, or '' until the worker has worked out
    which one and when: for a few seconds after the steps of the sequence were edited, or after an undo brought an enrollment
    back. It isn't a part of the history: it follows from what was done. `author` and `sequence` are those of the enrollment, for the
    index that finds whose steps are due (sequences/coming_steps/due_steps.py)."""

    enrollment = models.OneToOneField(Enrollment, models.CASCADE, primary_key=True, related_name="coming")
    # Triggers fill both in. They may be empty only as long as nodes of the version before can run beside this one.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    sequence = models.ForeignKey(Sequence, models.PROTECT, null=True, related_name="+", db_index=False)
    key = models.CharField(max_length=16, blank=True, default="", db_default="")
    due_at = models.DateTimeField(db_default=Now())

    objects = ComingStepQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["author", "sequence", "due_at", "enrollment"],
                name="sequence_step_due",
                condition=~Q(key=""),
            ),
            models.Index(
                fields=["due_at", "enrollment"], name="sequence_step_unplanned", condition=UNPLANNED
            ),
        ]
