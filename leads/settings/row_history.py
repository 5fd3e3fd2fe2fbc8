"""The history of one settings row: who changed what and when, old → new, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from crm.models import Change, Operation
from crm.records.history.timeline import FieldChange, build_changes_in_words
from crm.records.history.visible_operations import describe_operation

# The page of the operation shows the rest.
LATEST = 100


@dataclass(frozen=True)
class RowHistoryEntry:
    """One change: the operation (None outside the application), what it did in words, and the fields old → new."""

    at: datetime
    record: Operation | None
    words: str
    fields: list[FieldChange]


def get_row_history(row: Model, table: str) -> list[RowHistoryEntry]:
    """The latest changes of a row; for a source, also of its costs."""
    changes = (
        Change.objects.of_row(table, row.pk)
        .select_related("operation__by", "operation__undoes")
        .order_by("-id")
    )
    found = [_build_entry(row, change) for change in changes[:LATEST]]
    if table == "source":
        of_costs = Q(kind="source_cost") | Q(undoes__kind="source_cost")
        costs = Operation.objects.filter(of_costs, parameters__rows=[row.pk]).select_related("by", "undoes")
        found += [
            RowHistoryEntry(record.at, record, describe_operation(record), [])
            for record in costs.newest_first()[:LATEST]
        ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _build_entry(row: Model, change: Change) -> RowHistoryEntry:
    record = change.operation if change.operation_id else None
    words = (
        describe_operation(record)
        if record
        else _("Direct database change by %(role)s") % {"role": change.role}
    )
    [(_change, fields)] = build_changes_in_words(type(row), [change], None)
    order = [field.column for field in type(row)._meta.local_concrete_fields]
    return RowHistoryEntry(
        change.at, record, words, sorted(fields, key=lambda field: order.index(field.column))
    )
