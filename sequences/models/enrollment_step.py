"""The log: what was done for a record in a sequence, step by step."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from sequences.models.enrollment import Enrollment


class EnrollmentStepQuerySet(RemovableQuerySet):
    def of_sequence(self, sequence: int):
        return self.filter(enrollment__sequence=sequence)

    def of_enrollments(self, ids):
        return self.filter(enrollment__in=ids)

    def of_activities(self, ids):
        return self.filter(activity__in=ids)

    def of_tasks(self, ids):
        return self.filter(task__in=ids)

    def emails_from(self, sender: str, since: datetime):
        return self.filter(sender=sender, done_at__gte=since)

    def in_order(self):
        return self.order_by("id")


class EnrollmentStep(models.Model):
    """`key` is that of the step, so the results of a step are those of its key. `activity` is the email and `task` the task or call
    that it added, by their ids. A step that couldn't be done has a `reason` (crm/records/kinds/reasons.py) instead."""

    class Outcome(models.TextChoices):
        EMAIL = "email", _("email written")
        TASK = "task", _("task added")
        SKIPPED = "skipped", _("skipped")

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="steps_done", db_index=False)
    key = models.CharField(max_length=16)
    done_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reason = models.CharField(max_length=60, blank=True, default="", db_default="")
    activity = models.BigIntegerField(null=True)
    task = models.BigIntegerField(null=True)
    # Of an email, the address that it is sent from: so many a day go through each mailbox.
    sender = models.CharField(max_length=254, blank=True, default="", db_default="")
    # The operation that did it.
    written = models.BigIntegerField(null=True)

    objects = EnrollmentStepQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            # No step is done twice for a record.
            models.UniqueConstraint(fields=["enrollment", "key"], name="enrollment_step_once"),
            models.UniqueConstraint(fields=["activity"], name="enrollment_step_email"),
        ]
        indexes = [
            models.Index(
                fields=["sender", "done_at"], name="enrollment_step_sender", condition=~models.Q(sender="")
            ),
            models.Index(
                fields=["task"], name="enrollment_step_task", condition=models.Q(task__isnull=False)
            ),
        ]
