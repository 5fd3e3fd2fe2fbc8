"""The history of one row of the settings: who changed what and when, old → new, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import Department
from crm.models import Change, Operation
from leads.models import Pipeline
from leads.operations import words_of
from leads.settings.tables import field_labels
from leads.timeline import FieldChange

# More changes than these are told by the page of operations.
LATEST = 100


@dataclass(frozen=True)
class Entry:
    """One change: the operation (None outside the application), what it did in words, and the fields old → new."""

    at: datetime
    record: Operation | None
    words: str
    fields: list[FieldChange]


def history_of(row: Model, table: str) -> list[Entry]:
    """The latest changes of a row; for a source also of its costs."""
    changes = (
        Change.objects.of_row(table, row.pk)
        .select_related("operation__by", "operation__undoes")
        .order_by("-id")
    )
    found = [_entry(row, change) for change in changes[:LATEST]]
    if table == "source":
        of_costs = Q(kind="source_cost") | Q(undoes__kind="source_cost")
        costs = Operation.objects.filter(of_costs, parameters__rows=[row.pk]).select_related("by", "undoes")
        found += [Entry(record.at, record, words_of(record), []) for record in costs.newest_first()[:LATEST]]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _entry(row: Model, change: Change) -> Entry:
    record = change.operation if change.operation_id else None
    fields = {field.column: field for field in row._meta.local_concrete_fields}
    shown = []
    for column, field in fields.items():
        if column in (change.fields or {}):
            old, new = change.fields[column]
            label = str(field.verbose_name)
            texts = _text(field, old), _text(field, new)
            shown.append(FieldChange(column, label[:1].upper() + label[1:], *texts, old, new))
    words = words_of(record) if record else _("Outside the application, by %(role)s") % {"role": change.role}
    return Entry(change.at, record, words, shown)


def _text(field, value: Any) -> str:
    """A recorded value as people read it."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.name == "required_fields":
        return field_labels(value)
    if field.name == "departments":
        names = dict(Department.objects.values_list("pk", "name"))
        return ", ".join(names.get(pk, _("retired")) for pk in value)
    if field.name == "pipeline":
        return str(Pipeline.objects.filter(pk=value).first() or "")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return formats.number_format(value) if isinstance(value, int | float) else str(value)
