"""The history of one row of the settings: who changed what and when, old → new, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Department
from crm.models import Change, Operation
from crm.records.operations import words_of
from crm.records.timeline import FieldChange
from leads.models import Pipeline
from leads.names import field_labels
from leads.verbs.settings import MODELS

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


@dataclass(frozen=True)
class ChangedRow:
    """What an operation did to one row of the settings: of which kind it is, its name as of now, the fields."""

    kind: str
    name: str
    words: str
    fields: list[FieldChange]


def changed_settings(record: Operation, user) -> list[ChangedRow]:
    """The rows of the settings that an operation changed, of the kinds that the reader may see."""
    found = []
    for table, model in MODELS.items():
        if not user.has_perm(f"leads.view_{model._meta.model_name}") or table == "source_cost":
            continue
        changes = Change.objects.filter(operation=record, table=table).order_by("row", "id")
        rows = model.objects.in_bulk([change.row for change in changes])
        for change in changes:
            name = rows[change.row].label if change.row in rows else f"#{change.row}"
            words = "" if change.diff else str(change.get_kind_display())
            found.append(ChangedRow(str(model._meta.verbose_name), name, words, _fields(model, change)))
    return found


def _entry(row: Model, change: Change) -> Entry:
    record = change.operation if change.operation_id else None
    words = words_of(record) if record else _("Outside the application, by %(role)s") % {"role": change.role}
    return Entry(change.at, record, words, _fields(type(row), change))


def _fields(model: type[Model], change: Change) -> list[FieldChange]:
    """The changed fields in the order of the model, in words."""
    fields, recorded = (
        {field.column: field for field in model._meta.local_concrete_fields},
        change.diff,
    )
    shown = []
    for column, field in fields.items():
        if column in recorded:
            old, new = recorded[column]
            texts = _text(field, old), _text(field, new)
            shown.append(FieldChange(str(column), str(capfirst(field.verbose_name)), *texts))
    return shown


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
