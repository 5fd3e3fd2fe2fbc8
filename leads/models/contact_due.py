"""What belongs to the time by which new leads have to be contacted: who has been reminded, and what has to be derived
again."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

# No one is reminded of a moment so long ago.
KEPT = timedelta(days=30)


class ContactReminderQuerySet(models.QuerySet):
    def old(self):
        return self.filter(moment__lt=timezone.now() - KEPT)


class ContactReminder(models.Model):
    """`lead` is the ID of a lead, `moment` when its first contact was due then, `late` whether the managers of its
    department were told that it is overdue, or its owner that it soon will be."""

    lead = models.BigIntegerField()
    late = models.BooleanField()
    moment = models.DateTimeField()
    at = models.DateTimeField(db_default=Now())

    objects = ContactReminderQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "late"], name="contact_reminder_once")]


class ContactLimitChange(models.Model):
    """A limit, a category of a status, or working time changed, so that first contacts are due at other times. Written by
    triggers; `rounds` counts how often leads have followed since."""

    at = models.DateTimeField(db_default=Now())
    rounds = models.PositiveSmallIntegerField(default=0, db_default=0)
