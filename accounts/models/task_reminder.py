"""Which tasks with a time their users have been reminded of."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

# Tasks are never reminded of so much later.
REMINDER_RETENTION = timedelta(days=30)


class TaskReminderQuerySet(models.QuerySet):
    def old(self):
        return self.filter(moment__lt=timezone.now() - REMINDER_RETENTION)


class TaskReminder(models.Model):
    """`task` is the ID of a task, `moment` when it was due then: a task that is rescheduled has another reminder."""

    task = models.BigIntegerField(unique=True)
    moment = models.DateTimeField()
    at = models.DateTimeField(db_default=Now())

    objects = TaskReminderQuerySet.as_manager()
