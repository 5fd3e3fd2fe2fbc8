"""The notes, calls and meetings that other programs export: recognized by their headers, and read as activities of records.

The rows name their records by the program's IDs, which the import of the records has kept (crm/transfer/imports/columns/program_exports.py), or by email or
name. A text has more than one column in most programs, and an author who may have no account here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.widgets.person_widgets import PersonCell
from crm.fields.widgets.value_widgets import CellWidget, get_cell_text
from crm.platform.text.html_to_text import convert_html_to_text, is_html
from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.program_exports import PROGRAMS, find_number_field, fold_heading
from crm.work.models.activity import Activity

Type, Outcome = Activity.Type, Activity.Outcome
# The target of a column with the program's ID of a record: the unique field with these IDs.
NUMBER = "number"
# The columns that only files of other programs have.
SUBJECT, AUTHOR = "subject", "author"
# What programs call the outcome of a call, folded.
OUTCOMES = {
    "connected": Outcome.REACHED, "reached": Outcome.REACHED, "completed": Outcome.REACHED,
    "no answer": Outcome.NO_ANSWER, "not reached": Outcome.NO_ANSWER, "missed": Outcome.NO_ANSWER,
    "left voicemail": Outcome.MESSAGE, "voicemail": Outcome.MESSAGE,
    "wrong number": Outcome.WRONG_NUMBER,
}  # fmt: skip


@dataclass(frozen=True)
class ActivityExport:
    """`marks` are headers that the export always has. `fields` are the columns that its headers mean, `type` is that of all rows
    unless a column says so. `records` are, by record type, the headers that name the record, each with the field that it is found
    by. An export without a name is that of any program: it must have one of these headers too."""

    name: str
    marks: tuple[str, ...]
    fields: Mapping[str, str]
    records: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    type: str = Type.NOTE

    @property
    def number_label(self) -> str:
        return f"{self.name} ID"

    def get_folded_headers(self, table: str) -> set[str]:
        """Its headers, folded."""
        return set(map(fold_heading, (*self.marks, *self.fields, *self.records.get(table, {}))))

    def can_name_records(self, table: str, there: set[str]) -> bool:
        """Whether this is the export of any program, and one of these headers, folded, names the record."""
        return not self.name and not there.isdisjoint(map(fold_heading, self.records.get(table, {})))

    def get_fields_by_header(self, rules: ImportRules) -> dict[str, str]:
        """The column of each header, folded, for one record type."""
        own = find_number_field(rules.kind, self, rules.user)
        found = {fold_heading(heading): name for heading, name in self.fields.items()}
        for heading, name in self.records.get(rules.kind.name, {}).items():
            found[fold_heading(heading)] = (own.name if own else "") if name == NUMBER else name
        return found


# Of all programs; the apps register them.
EXPORTS: list[ActivityExport] = []


def find_export(table: str, heads: Iterable[str]) -> ActivityExport | None:
    """The export with these headers, if its program has records of this type too; of several, the one that has the most of
    them."""
    there = set(map(fold_heading, heads))
    known = {program.name for program in PROGRAMS.get(table, [])}
    fitting = [
        row
        for row in EXPORTS
        if (row.name in known or row.can_name_records(table, there))
        and set(map(fold_heading, row.marks)) <= there
    ]
    return max(fitting, key=lambda row: len(row.get_folded_headers(table) & there), default=None)


def map_export_columns(
    export: ActivityExport, rules: ImportRules, heads: Sequence[str], closed: set[str]
) -> list[str]:
    """The name of each column, '' for those that aren't read; of several columns with one meaning, the first of the export."""
    meanings, folded_heads = export.get_fields_by_header(rules), [fold_heading(heading) for heading in heads]
    first: dict[str, str] = {}
    for heading, name in meanings.items():
        if heading in folded_heads:
            first.setdefault(name, heading)
    found = list[str]()
    for heading in folded_heads:
        name = meanings.get(heading, "")
        read = name and name not in closed and first[name] == heading and name not in found
        found.append(name if read else "")
    return found


class OtherType(CellWidget):
    """The type of an activity in the words of another program. Types that don't exist here are notes."""

    def clean(self, value, row=None, **keywords):
        word = fold_heading(get_cell_text(value))
        return next((kind for kind in (Type.CALL, Type.MEETING) if kind in word.split()), Type.NOTE)


class OtherOutcome(CellWidget):
    """How a call went in the words of another program, '' if it says something else."""

    def clean(self, value, row=None, **keywords):
        return str(OUTCOMES.get(fold_heading(get_cell_text(value)), ""))


class Author(CellWidget):
    """Someone without an account here has no ID: their name stays in the text."""

    def __init__(self) -> None:
        super().__init__()
        self.people = PersonCell()

    def prepare(self, user, **keywords):
        self.people.prepare(user)

    def clean(self, value, row=None, **keywords):
        try:
            return self.people.clean(value, row, **keywords)
        except ValueError:
            return None


def build_program_widgets() -> dict[str, CellWidget]:
    return {"type": OtherType(), "outcome": OtherOutcome(), AUTHOR: Author(), SUBJECT: Text(), "text": Text()}


class Text(CellWidget):
    """A text that may be HTML."""

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        return convert_html_to_text(text) if is_html(text) else text


def convert_to_activity_cells(
    export: ActivityExport, cells: dict[str, CleanedCell], *, may_assign: bool
) -> dict[str, CleanedCell]:
    """The cells of a row as those of our own sheet: one text, with what has no column here.

    A call whose outcome isn't known is a note that says so: calls here have an outcome. Only who may assign records adds
    activities of others; for everyone else, the author's name is in the text.
    """
    found = {name: cell for name, cell in cells.items() if name not in (SUBJECT, AUTHOR)}
    author, said = cells.get(AUTHOR, CleanedCell("")), found.get("type", CleanedCell(""))
    kind, outcome = said.value or export.type, found.pop("outcome", CleanedCell(""))
    named = said.shown if said.shown and kind == Type.NOTE != fold_heading(said.shown) else ""
    if kind == Type.CALL and outcome.value:
        found["outcome"] = outcome
    elif kind == Type.CALL:
        kind, named = Type.NOTE, _get_call_title(outcome.shown)
    parts = [named, _get_cell_text(cells.get(SUBJECT)), _get_cell_text(cells.get("text"))]
    if author.value and may_assign:
        found[AUTHOR] = author
    elif author.shown:
        parts.append(_("Author: %(name)s") % {"name": author.shown})
    text = "\n".join(filter(None, parts))
    found["type"] = replace(said, shown=said.shown or kind, value=kind, empty=False)
    found["text"] = replace(found.get("text", CleanedCell("")), shown=text, value=text, empty=not text)
    return found


def _get_call_title(outcome: str) -> str:
    return _("Call: %(outcome)s") % {"outcome": outcome} if outcome else str(Type.CALL.label).capitalize()


def _get_cell_text(cell: CleanedCell | None) -> str:
    return "" if cell is None or cell.empty else str(cell.value or "")


def get_author_ids(user: Any) -> set[int]:
    """The users in whose name this user may add activities."""
    return set(type(user)._default_manager.assignable_by(user).values_list("pk", flat=True))
