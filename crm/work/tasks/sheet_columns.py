"""The columns of a file with tasks, which an export writes and an import reads."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.widgets.link_widgets import LinkCell
from crm.fields.widgets.value_widgets import CellWidget, get_cell_text
from crm.platform.text.text_folding import normalize_heading
from crm.records.kinds.kind_registry import KINDS, Kind, get_viewable_kinds
from crm.work.models.task import Task

# What an import reads of a task, by field.
IMPORTED_FIELDS = ("title", "type", "priority", "due_on", "due_time", "user", "done_at", "description")


def get_sheet_title() -> str:
    """The name of the sheet."""
    return _("Tasks")


def get_sheet_headings() -> dict[str, str]:
    """The headers in the reader's language, in the order of the sheet. "task" and "version" identify the task, "of" and
    "record" its record."""
    found = {
        "task": _("Task ID"),
        "version": _("Version"),
        "of": _("Record type"),
        "record": _("Record"),
    }
    for name in IMPORTED_FIELDS:
        found[name] = get_column_label(name)
        if name == "due_time":
            # On whose clock that is; an import doesn't read it.
            found["zone"] = _("Time zone")
    return found | {"created_at": _("Created")}


def get_column_label(name: str) -> str:
    field: Any = Task._meta.get_field(name)
    return str(capfirst(field.verbose_name))


def get_exportable_kinds(user: Any) -> list[Kind]:
    """The kinds whose tasks the user may export: those whose records the user may export."""
    return [kind for kind in get_viewable_kinds(user) if user.has_perm(kind.get_right("export"))]


class RecordOfTask(LinkCell):
    """The record of a task: written and read like a link to a record of this kind."""

    def __init__(self, kind: Kind, user: Any) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.of_kind = kind
        self.prepare(user)

    @property
    def model(self) -> Any:
        return self.of_kind.model

    def describe_problem(self, text: str) -> str:
        """Why this text doesn't name one record."""
        found = self.find_ids(text)
        return self._describe_several(text, found) if found else self._describe_unknown(text)


def get_records_of_tasks(user: Any) -> dict[str, RecordOfTask]:
    return {name: RecordOfTask(kind, user) for name, kind in KINDS.items()}


class KindOfRecord(CellWidget):
    """The record type of a task, such as "Company", in any language."""

    def __init__(self, words: dict[str, str]) -> None:
        """`words` are the kinds by folded name."""
        super().__init__()
        self.words = words

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        if normalize_heading(text) not in self.words:
            raise ValueError(_("There’s no record type “%(name)s”.") % {"name": text})
        return self.words[normalize_heading(text)]
