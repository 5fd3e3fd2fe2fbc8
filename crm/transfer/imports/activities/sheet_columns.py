"""Which sheet has activities, and what its columns are: known by the headers of an export, in any language."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from crm.fields.types.field_type import get_field_type
from crm.fields.widgets.lookup_widgets import NUMBER, RecordNumber, Version
from crm.fields.widgets.text_widgets import TextCell
from crm.fields.widgets.value_widgets import CellWidget
from crm.models import Activity
from crm.platform.excel.parsing.day_order import DayOrder
from crm.platform.text.text_folding import bare
from crm.records.kinds.excel_resource import RecordResource
from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.activities import program_exports
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.file_columns import ColumnContent, get_read_only_field_names
from crm.transfer.imports.columns.header_words import field_by_word
from crm.transfer.imports.columns.import_options import Options, first_options
from crm.work.activities.sheet import EDITED, get_sheet_headings, get_sheet_title

# Without the ID of an activity, a sheet has to have these columns.
ENOUGH = {"type", "at", "text"}
# Other programs number their activities too: our sheet has one more of these columns.
BESIDE_ID = {"version", "type", *EDITED}


def has_activities(kind: Kind, heads: Sequence[str]) -> bool:
    """Whether a sheet with these headers has activities instead of records."""
    if program_exports.find_export(kind.name, heads):
        return True
    words = by_word(kind)
    found = {words[bare(heading)] for heading in heads if bare(heading) in words}
    return ("activity" in found and not found.isdisjoint(BESIDE_ID)) or found >= ENOUGH


def find_sheet_with_own_name(sheets: Sequence[str]) -> str:
    """The sheet of a workbook that has the name of our sheet with activities, or ''."""
    names = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            names.add(bare(get_sheet_title()))
    return next((sheet for sheet in sheets if bare(sheet) in names), "")


def by_word(kind: Kind) -> dict[str, str]:
    """The column that each header means."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {bare(heading): name for name, heading in get_sheet_headings(kind).items()}
    return found


def get_identifying_fields(rules: ImportRules) -> list[str]:
    """The fields by which a row can name its record, the most reliable first."""
    others = [rules.email] if rules.email else [*rules.keys]
    return ["id", *rules.unique, *others]


def map_activity_columns(rules: ImportRules, columns: Sequence[ColumnContent]) -> list[str]:
    """The name of each column, '' for those that aren't read, such as the IDs of another program."""
    heads = [column.heading for column in columns]
    if export := program_exports.find_export(rules.kind.name, heads):
        return program_exports.map_export_columns(
            export, rules, heads, get_read_only_field_names(rules.kind, rules.user)
        )
    own, of_records = by_word(rules.kind), field_by_word(rules.kind, rules.user)
    ways = {*get_identifying_fields(rules)} - get_read_only_field_names(rules.kind, rules.user)
    read = {"activity", "version", "type", *EDITED, *ways}
    found: list[str] = []
    for heading in heads:
        meant = own.get(bare(heading)) or of_records.get(bare(heading), "")
        found.append(meant if meant in read and meant not in found else "")
    if "activity" in found and _has_other_ids(columns[found.index("activity")]):
        found[found.index("activity")] = ""
    if "activity" not in found and "version" in found:
        found[found.index("version")] = ""
    return found


def _has_other_ids(column: ColumnContent) -> bool:
    """Whether these can't be IDs of ours. Bare numbers can: the other headers say that the sheet is ours."""
    return not all(NUMBER.fullmatch(text.strip()) for text in column.texts)


def get_initial_options(
    rules: ImportRules, columns: list[ColumnContent], mapping: list[str]
) -> dict[str, Any]:
    """How records are found and cells are read. In a file exported from here, an empty cell is intentional."""
    order = sum(
        (column.days for column, name in zip(columns, mapping, strict=True) if name == "at"), DayOrder()
    )
    ways = [name for name in mapping if name in get_identifying_fields(rules)]
    options = first_options(rules, ways)
    if options["key"] not in ways:
        options["key"] = next((name for name in ways if name in rules.matched_by), options["key"])
    options |= {"empties": "version" in mapping, "day_first": order.day_first is not False}
    return vars(Options(**options)).copy()


class SheetCells:
    """What the cells of the sheet mean, by column, for one user. The columns that name a record are those of its own sheet."""

    def __init__(self, kind: Kind, user: Any, *, day_first: bool, of_program: bool = False) -> None:
        self.user = user
        self.of_records: RecordResource = kind.resource(kind, user, day_first=day_first)
        self.fields = self.of_records.fields
        model: Any = Activity
        self.own: dict[str, CellWidget] = {"activity": RecordNumber(), "version": Version()}
        for name in ("type", *EDITED):
            field = model._meta.get_field(name)
            self.own[name] = get_field_type(field).widget(field)
        # In a file exported from here, a text has the tags that its author typed.
        self.own["text"] = TextCell(model._meta.get_field("text"))
        if of_program:
            self.own |= program_exports.build_program_widgets()
        for widget in self.own.values():
            widget.prepare(user, day_first=day_first)

    def widget(self, name: str) -> CellWidget:
        return self.own.get(name) or self.of_records.widget(name)
