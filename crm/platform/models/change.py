"""A change: what one operation did to one row, written by the database itself (crm/platform/sql/change_triggers.py)."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ChangeQuerySet(models.QuerySet):
    def of_row(self, table: str, row: Any):
        return self.filter(table=table, row=row)

    def of_operation_and_parts(self, record: Any, table: str):
        """Those of an operation or of its parts, looked for only in the months since then."""
        return self.filter(operation__in=record.own_ids, at__gte=record.earliest_change_at, table=table)

    def of_operation_in_any_table(self, record: Any):
        """Those of an operation itself, looked for only in the months since then."""
        return self.filter(operation=record, at__gte=record.earliest_change_at)

    def of_operations(self, records: list[Any], table: str):
        """Those of several operations themselves, looked for only in the months since the first one."""
        if not records:
            return self.none()
        since = min(record.earliest_change_at for record in records)
        return self.filter(operation__in=[record.pk for record in records], at__gte=since, table=table)

    def of_rows(self, table: str, rows: list[int]):
        return self.filter(table=table, row__in=rows)

    def with_field(self, name: str):
        """Those that changed this field."""
        return self.filter(fields__has_key=name)

    def deletions_since(self, since):
        """The rows that were permanently deleted since then."""
        return self.filter(kind=Change.Kind.DELETE, at__gte=since)

    def since(self, at):
        """Those at a time and later, looked for only in the months since then."""
        return self.filter(at__gte=at)

    def newest_first(self):
        return self.order_by("-id")

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def with_operations(self):
        return self.select_related("operation__by", "operation__undoes")

    def undoing(self, operations):
        """Those of undos of these operations, by id."""
        return self.filter(operation__undoes__in=operations)

    def into_trash(self):
        """Those that moved a record to Trash."""
        moved = self.filter(kind=Change.Kind.UPDATE, fields__has_key="deleted_at")
        return moved.exclude(fields__deleted_at__1=None)

    def added(self):
        return self.filter(kind=Change.Kind.INSERT)

    def removed(self):
        return self.filter(kind=Change.Kind.DELETE)

    def since_version(self, version: int):
        return self.filter(version__gt=version)


class Change(models.Model):
    """`fields` is {"field": [old, new]}; an insert has none, a purge keeps the whole row as {"field": [old, null]}.

    An empty operation means a change outside the application, by the database user in `role`.
    """

    class Kind(models.TextChoices):
        INSERT = "insert", _("added")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("permanently deleted")

    operation = models.ForeignKey(
        "crm.Operation", models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    table = models.CharField(max_length=40)
    row = models.BigIntegerField()
    version = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=6, choices=Kind)
    fields = models.JSONField(null=True)
    role = models.CharField(max_length=63, blank=True, db_default="")
    # crm/platform/sql/transaction_numbers.py; NULL for what was changed before Leadwell had these numbers.
    transaction_number = models.BigIntegerField(null=True, editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["table", "row", "id"], name="change_row"),  # the timeline of a lead
            models.Index(fields=["operation", "id"], name="change_operation"),  # undo, the operation's page
            # What has changed since a moment (crm/api/v2/changes/).
            models.Index(
                fields=["table", "transaction_number", "id"],
                name="change_transaction",
                condition=models.Q(transaction_number__isnull=False),
            ),
        ]

    @property
    def diff(self) -> dict[str, list[Any]]:
        """{"column": [old, new]}; empty for an insert."""
        return self.fields or {}
