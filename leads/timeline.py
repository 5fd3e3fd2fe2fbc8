"""The timeline: recorded changes as sentences, old and new values by the names that they have now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from crm.models import Change
from crm.templatetags.look import money
from leads import names
from leads.models import Lead, Status

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
# What entering a status brings with it, and from how many fields on the line only says the number.
MOVE = {"status_id", "lost_reason_id", "lost_remark"}
MANY = 4
EMPTY: tuple[Any, ...] = ("", None, [])


@dataclass(frozen=True)
class FieldChange:
    """One field of one change, ready to read: label, old and new as text."""

    column: str
    label: str
    old: str
    new: str


def text_of(column: str, value: Any, viewer) -> str:
    """A recorded value as people read it; ids of what the viewer may not see have no name."""
    if value in EMPTY:
        return ""
    tables: dict[str, Callable[[], dict]] = {
        "status_id": names.statuses,
        "source_id": names.sources,
        "lost_reason_id": names.reasons,
    }
    if column in tables:
        row = tables[column]().get(value)
        return row.label if row else _("retired")
    if column == "owner_id":
        return names.users_seen_by(viewer).get(value, _("somebody else"))
    if column == "department_id":
        return names.departments_seen_by(viewer).get(value, _("another department"))
    if column == "tags":
        return ", ".join(names.tags().get(pk, _("retired")) for pk in value)
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
    fields = {field.column: field for field in Lead._meta.local_concrete_fields}
    found = []
    for change in changes:
        shown = []
        for column, (old, new) in change.diff.items():
            if column in UNSHOWN or column not in fields:
                continue
            label = str(capfirst(fields[column].verbose_name))
            shown.append(
                FieldChange(column, label, text_of(column, old, viewer), text_of(column, new, viewer))
            )
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
    from crm.undo import undone_among, why_not

    statuses = names.statuses()
    own = [change.operation for change in changes if change.operation and change.operation.by_id == viewer.pk]
    undone = undone_among(own)
    found = []
    for change, fields in shown_changes(changes, viewer):
        record = change.operation
        raw = change.diff.get("status_id")
        moved = (
            (statuses[raw[0]], statuses[raw[1]])
            if raw and raw[0] in statuses and raw[1] in statuses
            else None
        )
        rest = [field for field in fields if field.column != "status_id"]
        who = record.by.name if record and record.by else _("The system")
        if record is None:
            who = _("Outside the application, %(role)s") % {"role": change.role}
        may = bool(record in own and not why_not(record, viewer, undone=record.pk in undone))
        words = told(change, fields, viewer)
        others = max(0, record.changed - 1) if record else 0
        found.append(Entry(change, _kind(change, moved), who, words, rest, moved, others, may))
    return found


def told(change: Change, fields: list[FieldChange], viewer) -> str:
    """What somebody did, to be read after their name: "moved it", "changed city", "put it into the bin"."""
    from leads.operations import words_of

    record = change.operation
    if record and record.undoes:
        return _("took back “%(what)s”") % {"what": words_of(record.undoes, viewer)}
    if change.kind == Change.Kind.INSERT:
        return _("imported the lead") if record and record.kind == "import" else _("added the lead")
    if "binned_at" in change.diff:
        return _("put it into the bin") if change.diff["binned_at"][1] else _("took it out of the bin")
    if record and record.kind == "take":
        return _("took it")
    if record and record.kind in ("import", "deactivate"):
        return _("changed it: %(cause)s") % {"cause": words_of(record, viewer)}
    if {field.column for field in fields} <= MOVE and "status_id" in change.diff:
        return _("moved it")
    if not fields:
        return _("changed it: %(cause)s") % {"cause": words_of(record, viewer)} if record else ""
    if len(fields) > MANY:
        words = ngettext("changed %(number)s field", "changed %(number)s fields", len(fields))
        return words % {"number": len(fields)}
    return _("changed %(fields)s") % {
        "fields": names.field_labels([field.column.removesuffix("_id") for field in fields])
    }


def _kind(change: Change, moved) -> str:
    if change.operation and change.operation.undoes_id:
        return "undo"
    if change.kind == Change.Kind.INSERT:
        return "plus"
    if change.operation and change.operation.kind == "import":
        return "upload"
    columns = change.diff
    if moved:
        return "flag"
    if "owner_id" in columns:
        return "person"
    if "binned_at" in columns:
        return "bin"
    return "edit"
