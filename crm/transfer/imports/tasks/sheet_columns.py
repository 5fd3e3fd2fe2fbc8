"""Which sheet has tasks, and what its columns are: by the headers of an export, in any language, and those of other programs."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _

from crm.fields.types.field_type import get_field_type
from crm.fields.widgets.lookup_widgets import RecordNumber, Version
from crm.fields.widgets.person_widgets import PersonCell
from crm.fields.widgets.text_widgets import TextCell
from crm.fields.widgets.value_widgets import CellWidget, DateCell, get_cell_text
from crm.platform.excel.parsing.date_parsing import as_moment
from crm.platform.excel.parsing.day_order import DayOrder
from crm.platform.excel.parsing.yes_no import NO, YES
from crm.platform.text.text_folding import bare
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.file_columns import ColumnContent
from crm.transfer.imports.columns.header_words import field_by_word
from crm.transfer.imports.columns.import_options import Options
from crm.transfer.models.import_file import OF_TASKS
from crm.work.models.task import Task
from crm.work.tasks.sheet import WRITTEN, KindOfRecord, get_sheet_headings

# Columns that name a record of one type: "of_company".
OF_KIND = "of_"
# What other programs call the columns.
OTHERS = {
    "title": ("title", "subject", "task name", "task title", "name", "titlu", "subiect"),
    "due_on": (
        "due",
        "due date",
        "due at",
        "date due",
        "activity due date",
        "deadline",
        "termen",
        "scadență",
        "data scadenței",
    ),
    "due_time": ("due time", "ora"),
    "user": (
        "assignee",
        "assigned to",
        "owner",
        "task owner",
        "assigned user",
        "assigned to user",
        "responsabil",
    ),
    "done_at": ("done", "status", "task status", "completed at", "stare", "finalizat"),
    "description": ("details", "comments", "task notes", "detalii"),
    "record": ("related to", "linked to", "parent", "lead name", "legat de"),
}
BESIDE_ID = {"version", "of", "record", "title"}
DONE = {"done", "complete", "closed", "completed", "finalizat", "finalizată", "terminat"}
NOT_DONE = {
    "open",
    "not started",
    "in progress",
    "waiting",
    "waiting on someone else",
    "waiting for input",
    "started",
    "undone",
    "todo",
    "deferred",
    "to do",
    "deschis",
    "nefinalizat",
}


def get_columns_by_heading() -> dict[str, str]:
    """The column that each header of an export means, in any language."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {bare(heading): name for name, heading in get_sheet_headings().items()}
    return found


def by_word() -> dict[str, str]:
    """The column that each header means."""
    found = {bare(word): name for name, words in OTHERS.items() for word in words}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {bare(str(kind.words.one)): f"{OF_KIND}{name}" for name, kind in KINDS.items()}
    found |= get_columns_by_heading()
    return found


def has_tasks(rules: ImportRules, heads: Sequence[str]) -> bool:
    """Whether a sheet with these headers has tasks: it has their ID, or a title, a day and a record, and fewer headers of
    the records themselves."""
    words, folded = by_word(), [bare(heading) for heading in heads]
    found = {words[heading] for heading in folded if heading in words}
    own = {name for word, name in get_columns_by_heading().items() if word in folded}
    # Other programs number what they call tasks too: our sheet has one more of these headers.
    if "task" in own and not own.isdisjoint(BESIDE_ID):
        return True
    linked = "record" in found or any(name.startswith(OF_KIND) for name in found)
    of_records = field_by_word(rules.kind, rules.user)
    with_id = any(of_records.get(heading) == "id" for heading in folded)
    known = sum(heading in of_records for heading in folded)
    return linked and {"title", "due_on"} <= found and not with_id and len(found) > known


def map_task_columns(heads: Sequence[str]) -> list[str]:
    """The name of each column, '' for those that aren't read."""
    words, found = by_word(), list[str]()
    for heading in heads:
        meant = words.get(bare(heading), "")
        name = f"{OF_TASKS}{meant}" if meant not in ("", "created_at", "zone") else ""
        found.append(name if name not in found else "")
    return found


def get_initial_options(columns: list[ColumnContent], mapping: list[str]) -> dict[str, Any]:
    """In a file exported from here, an empty cell is intentional."""
    dates = (f"{OF_TASKS}due_on", f"{OF_TASKS}done_at")
    order = sum(
        (column.days for column, name in zip(columns, mapping, strict=True) if name in dates), DayOrder()
    )
    empties = f"{OF_TASKS}version" in mapping
    return vars(Options(empties=empties, day_first=order.day_first is not False)).copy()


class DayCell(DateCell):
    """The day that a task is due, or the day and the time."""

    def clean(self, value, row=None, **keywords):
        return self.found(value)


class ClockCell(CellWidget):
    """A time of day."""

    def clean(self, value, row=None, **keywords):
        if isinstance(value, time):
            return value.replace(second=0, microsecond=0)
        text = get_cell_text(value)
        try:
            found = parse_time(text)
        except ValueError:
            found = None
        if found is None:
            raise ValueError(_("This isn’t a time. Enter a time like 14:30."))
        return found.replace(second=0, microsecond=0)


class DoneCell(DateCell):
    """When a task was completed, or only whether it was."""

    def clean(self, value, row=None, **keywords):
        word = bare(get_cell_text(value))
        if word in {bare(text) for text in DONE | YES}:
            return True
        if word in {bare(text) for text in NOT_DONE | NO}:
            return False
        return as_moment(self.found(value) or timezone.localdate())


class TaskCells:
    """What the cells of the sheet mean, by column, for one user."""

    fields: Any = {}

    def __init__(self, user: Any, *, day_first: bool) -> None:
        self.user = user
        words = {
            word: name.removeprefix(OF_KIND) for word, name in by_word().items() if name.startswith(OF_KIND)
        }
        self.people = PersonCell()
        special = {
            "task": RecordNumber(),
            "version": Version(),
            "of": KindOfRecord(words),
            "due_on": DayCell(),
            "due_time": ClockCell(),
            "user": self.people,
            "done_at": DoneCell(),
        }
        self.own: dict[str, Any] = dict(special)
        for name in WRITTEN:
            field: Any = Task._meta.get_field(name)
            self.own.setdefault(name, get_field_type(field).widget(field) if name not in special else None)
        # In a file exported from here, a text has the tags that its author typed.
        self.own["description"] = TextCell(Task._meta.get_field("description"))
        for widget in self.own.values():
            widget.prepare(user, day_first=day_first)

    def widget(self, name: str) -> CellWidget:
        return self.own.get(name.removeprefix(OF_TASKS)) or _Text()


class _Text(CellWidget):
    def clean(self, value, row=None, **keywords):
        return get_cell_text(value)


def local_day(value: date | datetime) -> tuple[date, time | None]:
    """The day and, unless it is midnight, the time."""
    if not isinstance(value, datetime):
        return value, None
    at = timezone.localtime(as_moment(value)).replace(second=0, microsecond=0)
    return at.date(), at.time() if at.time() != time() else None
