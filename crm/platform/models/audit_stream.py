"""The entries of the audit log that its receiver doesn't have yet, and how its last calls went."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

# Seconds until the next try after a failure, as long as they last.
PAUSES = [4, 16, 64, 300]


class AuditWaiting(models.Model):
    """Written by the statement that writes the entry, and deleted once the receiver has it. `id` and `at` are those of the
    entry, which has no foreign key because its months disappear as a whole."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class AuditStreamQuerySet(models.QuerySet["AuditStream"]):
    def get_or_create_state(self) -> "AuditStream":
        """The only row."""
        return self.get_or_create(pk=1)[0]


class AuditStream(models.Model):
    """One row: since when calls fail, and when the next one is made."""

    sent_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    objects = AuditStreamQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    @property
    def pauses(self) -> bool:
        return self.next_at is not None and timezone.now() < self.next_at

    def record_failure(self, problem: str, now: datetime) -> None:
        self.failing_since = self.failing_since or now
        self.next_at = now + timedelta(seconds=PAUSES[min(self.tries, len(PAUSES) - 1)])
        self.problem, self.tries = problem[:300], self.tries + 1

    def record_success(self, now: datetime) -> None:
        self.sent_at, self.failing_since, self.next_at, self.problem, self.tries = now, None, None, "", 0
