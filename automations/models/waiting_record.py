"""A record that waits between two steps of an automation."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from automations.models.automation import Automation


class WaitingRecordQuerySet(models.QuerySet):
    def of_automation(self, automation: int):
        return self.filter(automation=automation)

    def of_records(self, table: str, ids):
        return self.filter(automation__table_of=table, record__in=ids)

    def due(self, now: datetime):
        return self.filter(due_at__lte=now)

    def of_same_run(self, first: "WaitingRecord"):
        """Those that go on together with this one, as one change."""
        return self.filter(
            automation=first.automation_id, waking=first.waking, written=first.written, step=first.step
        )

    def that_wrote(self, operation: int):
        """Those whose earlier steps wrote this operation."""
        return self.filter(written=operation)

    def in_order(self):
        return self.order_by("due_at", "id")

    def of_present(self, records: Any):
        """Those whose record is among `records`, a queryset."""
        return self.filter(Exists(records.order_by().filter(pk=OuterRef("record"))))


class WaitingRecord(models.Model):
    """`step` is the step that it goes on with, from 0. `waking`, `occasion` and `depth` are those of the run that began it, and
    `written` is the operation that the earlier steps wrote, or None: if it is undone, the wait ends."""

    automation = models.ForeignKey(Automation, models.CASCADE, related_name="+", db_index=False)
    record = models.BigIntegerField()
    step = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    waking = models.BigIntegerField()
    occasion = models.CharField(max_length=60, blank=True, default="", db_default="")
    depth = models.PositiveSmallIntegerField(default=0, db_default=0)
    written = models.BigIntegerField(null=True)

    objects = WaitingRecordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["automation", "waking", "record", "occasion", "step"], name="automation_waits_once"
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="automation_wait_due"),
            models.Index(fields=["record"], name="automation_wait_record"),
        ]
