"""A row of an untracked table that a merge moved to the kept record, so that an undo moves it back."""

from django.db import models


class MovedRowQuerySet(models.QuerySet):
    def of_operation(self, pk: int, name: str):
        return self.filter(operation=pk, reference=name)


class MovedRow(models.Model):
    """`reference` is the name of a Reference (crm/records/history/merged_records.py), `row` the ID of its row; `record` had it, `into` got it.
    `operation` is that of the merge, also while an undo of it is in effect."""

    operation = models.ForeignKey("crm.Operation", models.CASCADE, related_name="+", db_index=False)
    reference = models.CharField(max_length=80)
    row = models.BigIntegerField()
    table = models.CharField(max_length=20)
    record = models.BigIntegerField()
    into = models.BigIntegerField()

    objects = MovedRowQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["operation", "reference"], name="moved_by_merge")]
