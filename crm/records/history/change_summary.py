"""A change of one record in words that name it: "Status of Ada Popescu: New → Contacted"."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from crm.models import Change, Operation, Verdict
from crm.platform.text.quotation import quote_text
from crm.records.history.timeline import FieldChange, build_changes_in_words
from crm.records.kinds.kind_registry import Kind, get_kind


@dataclass
class SingleChange:
    """What an operation did to its only record. `name` is empty if the reader can't see the record."""

    name: str
    path: str
    added: bool = False
    fields: list[FieldChange] = field(default_factory=list)


def get_single_record_changes(records: list[Operation], reader) -> dict[int, SingleChange]:
    """Those of these operations that changed one record, by id: two queries for each kind, and one more if an operation
    changed what belongs to a record, such as a note."""
    alone = [record for record in records if record.changed == 1 and get_kind(record.table)]
    found: dict[int, SingleChange] = {}
    for table in {record.table for record in alone}:
        kind: Any = get_kind(table)
        found |= _get_record_changes(kind, [record for record in alone if record.table == table], reader)
    return found


def _get_record_changes(kind: Kind, records: list[Operation], reader) -> dict[int, SingleChange]:
    changes = list(Change.objects.of_operations(records, kind.name).order_by("id"))
    rows = kind.model.objects.filter(pk__any={change.row for change in changes})
    names = (
        {row.pk: row for row in rows.visible_to(reader)} if reader.has_perm(kind.get_right("view")) else {}
    )
    found: dict[int, SingleChange] = {}
    for change, fields in build_changes_in_words(kind.model, changes, reader):
        row: Any = names.get(change.row)
        if row is not None and change.operation_id:
            single = found.setdefault(change.operation_id, SingleChange(str(row), row.get_absolute_url()))
            single.added |= change.kind == Change.Kind.INSERT
            single.fields += fields
    return found | _get_belonging_changes(kind, {record.pk for record in records}.difference(found), reader)


def _get_belonging_changes(kind: Kind, operations: set[int], reader) -> dict[int, SingleChange]:
    """The record is in the verdict, because its own row is unchanged."""
    if not operations or not reader.has_perm(kind.get_right("view")):
        return {}
    changed = Verdict.objects.of_operations(operations, kind.name).values_list("operation", "ids__0")
    records = {operation: pk for operation, pk in changed if pk}
    rows = kind.model.objects.filter(pk__any=set(records.values())).visible_to(reader).in_bulk()
    return {
        operation: SingleChange(str(rows[pk]), rows[pk].get_absolute_url())
        for operation, pk in records.items()
        if pk in rows
    }


def describe_single_change(single: SingleChange, what: str) -> str:
    """One changed field with both values, or what was done with the record's name. `what` is the verb in words."""
    if len(single.fields) == 1 and not single.added:
        (changed,) = single.fields
        values = {
            "field": changed.label,
            "name": single.name,
            "old": _shorten_value(changed.told_old),
            "new": _shorten_value(changed.told_new),
        }
        return _("%(field)s of %(name)s: %(old)s → %(new)s") % values
    return _("%(what)s: %(name)s") % {"what": what, "name": single.name}


def describe_saved_values(single: SingleChange) -> str:
    """A whole sentence for the user who has just changed these fields of a record."""
    if len(single.fields) > 1:
        labels = get_text_list([quote_text(changed.label) for changed in single.fields], _("and"))
        return _("%(fields)s of %(name)s have changed.") % {"fields": labels, "name": single.name}
    (changed,) = single.fields
    values = {
        "field": changed.label,
        "name": single.name,
        "old": _shorten_value(changed.told_old),
        "new": _shorten_value(changed.told_new),
    }
    if not changed.told_new:
        return _("%(field)s of %(name)s is now empty.") % values
    if not changed.told_old:
        return _("%(field)s of %(name)s is now %(new)s.") % values
    return _("%(field)s of %(name)s changed from %(old)s to %(new)s.") % values


def _shorten_value(text: Any) -> str:
    """A value within a sentence; an empty one is a dash, a long one is cut."""
    words = " ".join(str(text or "–").split())
    return words if len(words) <= 40 else f"{words[:39]}…"
