"""The timeline: recorded changes as sentences, old and new values by the names that they have now."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django_countries import countries

from accounts.models import Department, User
from crm.models import Change
from crm.templatetags.look import money
from leads.models import Lead, LostReason, Source, Status, Tag

# What a reader need not see beside the change that brought it about.
UNSHOWN = {
    "status_since",
    "assigned_at",
    "first_contacted_at",
    "last_contacted_at",
    "converted_at",
    "phone_normal",
    "mobile_normal",
    "created_by_id",
    "created_at",
}
EMPTY = ("", None, [])


@dataclass(frozen=True)
class FieldChange:
    """One field of one change, ready to read: label, old and new as text, and the raw values."""

    column: str
    label: str
    old: str
    new: str
    old_value: Any = None
    new_value: Any = None


class Names:
    """The names behind ids, each table read once, and only when a change needs it."""

    def __init__(self, viewer) -> None:
        self.viewer = viewer

    @cached_property
    def statuses(self) -> dict[int, str]:
        return {row.pk: row.label for row in Status.objects.all()}

    @cached_property
    def sources(self) -> dict[int, str]:
        return {row.pk: row.label for row in Source.objects.all()}

    @cached_property
    def reasons(self) -> dict[int, str]:
        return {row.pk: row.label for row in LostReason.objects.all()}

    @cached_property
    def tags(self) -> dict[int, str]:
        return dict(Tag.objects.values_list("pk", "name"))

    @cached_property
    def users(self) -> dict[int, str]:
        return dict(User.objects.visible_to(self.viewer).values_list("pk", "name"))

    @cached_property
    def departments(self) -> dict[int, str]:
        return dict(Department.objects.visible_to(self.viewer).values_list("pk", "name"))

    def text(self, column: str, value: Any) -> str:
        """A recorded value as people read it; ids of what the viewer may not see have no name."""
        if value in EMPTY:
            return ""
        tables = {"status_id": "statuses", "source_id": "sources", "lost_reason_id": "reasons"}
        if column in tables:
            return getattr(self, tables[column]).get(value, _("retired"))
        if column == "owner_id":
            return self.users.get(value, _("somebody else"))
        if column == "department_id":
            return self.departments.get(value, _("another department"))
        if column == "tags":
            return ", ".join(self.tags.get(pk, _("retired")) for pk in value)
        if column == "country":
            return countries.name(value) or value
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return _plain(column, value)


def _plain(column: str, value: Any) -> str:
    if column == "value":
        return money(Lead._meta.get_field("value").to_python(str(value)), "").strip()
    if column.endswith("_on") and (day := parse_date(str(value))):
        return formats.date_format(day, "j M Y")
    if column.endswith("_at") and (moment := parse_datetime(str(value))):
        return formats.date_format(timezone.localtime(moment), "j M Y, H:i")
    return str(value)


def shown_changes(changes, viewer) -> list[tuple[Change, list[FieldChange]]]:
    """Each change with its fields in words. `changes` is a queryset or list of Change."""
    names = Names(viewer)
    fields = {field.column: field for field in Lead._meta.local_concrete_fields}
    found = []
    for change in changes:
        shown = []
        for column, (old, new) in (change.fields or {}).items():
            if column in UNSHOWN or column not in fields:
                continue
            label = str(fields[column].verbose_name)
            text = [names.text(column, value) for value in (old, new)]
            shown.append(FieldChange(column, label[:1].upper() + label[1:], *text, old, new))
        found.append((change, shown))
    return found


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `kind` picks its marker; `moved` are the old and the new status of a move."""

    change: Change
    kind: str
    who: str
    words: str
    fields: list[FieldChange]
    moved: tuple[Status, Status] | None = None
    others: int = 0
    may_undo: bool = False


def entries(changes: list[Change], lead: Lead, viewer) -> list[Entry]:
    """The recorded changes of a lead, ready to read. The changes come with their operations."""
    from crm.undo import is_undone, why_not
    from leads.operations import words_of

    statuses = Status.objects.in_bulk()
    found = []
    for change, fields in shown_changes(changes, viewer):
        record = change.operation
        raw = (change.fields or {}).get("status_id")
        moved = (
            (statuses[raw[0]], statuses[raw[1]])
            if raw and raw[0] in statuses and raw[1] in statuses
            else None
        )
        rest = [field for field in fields if field.column != "status_id"]
        who = record.by.name if record and record.by else _("The system")
        if record is None:
            who = _("Outside the application, %(role)s") % {"role": change.role}
        may = bool(
            record and record.by_id == viewer.pk and not is_undone(record) and not why_not(record, viewer)
        )
        words = words_of(record) if record else ""
        others = max(0, record.changed - 1) if record else 0
        found.append(Entry(change, _kind(change, moved), who, words, rest, moved, others, may))
    return found


def _kind(change: Change, moved) -> str:
    if change.operation and change.operation.undoes_id:
        return "undo"
    if change.kind == Change.Kind.INSERT:
        return "plus"
    if change.operation and change.operation.kind == "import":
        return "upload"
    columns = set(change.fields or {})
    if moved:
        return "flag"
    if "owner_id" in columns:
        return "person"
    if "binned_at" in columns:
        return "bin"
    return "edit"
