"""A record that was merged into another one of its kind: its address leads to the other one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers


class MergedRecordQuerySet(RemovableQuerySet):
    def of_merged_records(self, table: str, ids: list[int]):
        """Those of these records that were merged into others."""
        return self.filter(table=table, record__in=ids)

    def into(self, table: str, ids: list[int]):
        """Those that were merged into one of these records."""
        return self.filter(table=table, into__in=ids)

    # Called by undo (crm/records/history/undo/field_reversal.py, crm/records/history/undo/undo_permission.py)

    def changeable_by(self, user):
        """All, because whoever may change the records may undo their merge."""
        return self.all()


class MergedRecord(models.Model):
    """A record is merged once at most. The row stays when the record is deleted permanently."""

    undo = UndoRules()

    table = models.CharField(max_length=20)
    record = models.BigIntegerField()
    into = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MergedRecordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        triggers = build_change_triggers("merged_record")
        constraints = [models.UniqueConstraint(fields=["table", "record"], name="merged_once")]
        indexes = [models.Index(fields=["table", "into"], name="merged_into")]

    def __str__(self) -> str:
        return f"{self.table} {self.record} → {self.into}"

    @classmethod
    def get_right(cls, action: str) -> str:
        return ""
