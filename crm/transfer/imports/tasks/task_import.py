"""The import rules of tasks: which sheet has them, and what its columns are, by the headers of an export in any language and those
of other programs."""

from functools import cached_property
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import ngettext

from crm.fields.widgets.lookup_widgets import RecordNumber, Version
from crm.fields.widgets.person_widgets import PersonCell
from crm.fields.widgets.text_widgets import TextCell
from crm.fields.widgets.value_widgets import CellWidget
from crm.models import Task
from crm.platform.text.text_folding import normalize_heading
from crm.records.kinds.kind_registry import KINDS
from crm.templatetags.look import number
from crm.transfer.imports.columns.header_words import get_fields_by_word
from crm.transfer.imports.columns.translated_headers import get_translated_headers
from crm.transfer.imports.tasks.task_cells import ClockCell, DayCell, DoneCell, NameCell
from crm.transfer.imports.work.work_import import (
    WorkCells,
    WorkImport,
    build_field_widgets,
    get_field_choices,
)
from crm.transfer.models.import_file import OF_TASKS
from crm.work.tasks.sheet_columns import IMPORTED_FIELDS, KindOfRecord, get_sheet_headings, get_sheet_title

# Columns that name a record of one type: "of_company".
OF_KIND = "of_"
BESIDE_ID = {"version", "of", "record", "title"}
# The columns of our own sheet that an import doesn't read.
NEVER_READ = ("created_at", "zone")


class TaskImport(WorkImport):
    """The records of a sheet may be of any type; `kind` is only where the file was uploaded."""

    model = Task
    own_id = "task"
    prefix = OF_TASKS
    words = {
        "title": "title, subject, task name, task title, name, titlu, subiect",
        "due_on": "due, due date, due at, date due, activity due date, deadline, termen, scadență, data scadenței",
        "due_time": "due time, ora",
        "user": "assignee, assigned to, owner, task owner, assigned user, assigned to user, responsabil",
        "done_at": "done, status, task status, completed at, stare, finalizat",
        "description": "details, comments, task notes, detalii",
        "record": "related to, linked to, parent, lead name, legat de",
    }
    offered = tuple(f"{OF_TASKS}{name}" for name in ("type", "priority", "user"))
    standing = ("title", "due_on", "user")
    edited = IMPORTED_FIELDS
    subtitle_fields = ("title", "due_on")
    optional = ("due_on", "due_time", "user", "done_at", "type", "priority")
    dates = (f"{OF_TASKS}due_on", f"{OF_TASKS}done_at")

    def get_title(self):
        return get_sheet_title()

    @cached_property
    def _own_columns(self) -> dict[str, str]:
        return get_translated_headers(get_sheet_headings)

    @cached_property
    def columns_by_header(self) -> dict[str, str]:
        """The column that each header means, folded."""
        found = {
            normalize_heading(word): name for name, words in self.words.items() for word in words.split(", ")
        }
        kinds = get_translated_headers(
            lambda: {f"{OF_KIND}{name}": str(kind.words.one) for name, kind in KINDS.items()}
        )
        return found | kinds | self._own_columns

    def recognizes(self, heads):
        """It has the ID of a task, or a title, a day and a record, and fewer headers of the records themselves."""
        words, folded = self.columns_by_header, [normalize_heading(heading) for heading in heads]
        found = {words[heading] for heading in folded if heading in words}
        own = {name for word, name in self._own_columns.items() if word in folded}
        # Other programs number what they call tasks too: our sheet has one more of these headers.
        if "task" in own and not own.isdisjoint(BESIDE_ID):
            return True
        linked = "record" in found or any(name.startswith(OF_KIND) for name in found)
        of_records = get_fields_by_word(self.kind, self.user)
        with_id = any(of_records.get(heading) == "id" for heading in folded)
        known = sum(heading in of_records for heading in folded)
        return linked and {"title", "due_on"} <= found and not with_id and len(found) > known

    def map_columns(self, columns):
        found = list[str]()
        for column in columns:
            meant = self.columns_by_header.get(normalize_heading(column.heading), "")
            name = f"{OF_TASKS}{meant}" if meant not in ("", *NEVER_READ) else ""
            found.append(name if name not in found else "")
        return found

    def get_targets(self, imported):
        own = [name for name in get_sheet_headings() if name not in NEVER_READ]
        return [f"{OF_TASKS}{name}" for name in (*own, *(f"{OF_KIND}{name}" for name in KINDS))]

    def get_cells(self, heads=(), *, day_first=True):
        words = self.columns_by_header.items()
        kinds = {word: name.removeprefix(OF_KIND) for word, name in words if name.startswith(OF_KIND)}
        own: dict[str, CellWidget] = build_field_widgets(Task, ("title", "type", "priority"))
        own |= {
            "task": RecordNumber(),
            "version": Version(),
            "of": KindOfRecord(kinds),
            "record": NameCell(),
            "due_on": DayCell(),
            "due_time": ClockCell(),
            "user": PersonCell(),
            "done_at": DoneCell(),
            # In a file exported from here, a text has the tags that its author typed.
            "description": TextCell(Task._meta.get_field("description")),
            **{f"{OF_KIND}{name}": NameCell() for name in KINDS},
        }
        widgets = {f"{OF_TASKS}{name}": widget for name, widget in own.items()}
        return WorkCells(self.user, widgets, day_first=day_first)

    def get_heading(self, name):
        found: dict[str, Any] = {f"{OF_KIND}{of}": kind.words.one for of, kind in KINDS.items()}
        found |= get_sheet_headings()
        return str(capfirst(str(found.get(name.removeprefix(OF_TASKS), ""))))

    def get_choices(self):
        return {
            f"{OF_TASKS}type": get_field_choices(Task, "type"),
            f"{OF_TASKS}priority": get_field_choices(Task, "priority"),
            f"{OF_TASKS}user": super().get_choices()["owner"],
        }

    def format_row_count(self, count):
        return ngettext("%(number)s task", "%(number)s tasks", count) % {"number": number(count)}
