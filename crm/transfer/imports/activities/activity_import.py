"""The import rules of activities: which sheet has them, and what its columns are, by the headers of an export in any language."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.widgets.lookup_widgets import RECORD_NUMBER_PATTERN, RecordNumber, Version
from crm.fields.widgets.text_widgets import TextCell
from crm.models import Activity
from crm.platform.text.text_folding import normalize_heading
from crm.templatetags.look import number
from crm.transfer.imports.activities import program_exports
from crm.transfer.imports.activities.program_exports import AUTHOR, SUBJECT
from crm.transfer.imports.columns.file_columns import ColumnContent, get_read_only_field_names
from crm.transfer.imports.columns.header_words import get_fields_by_word
from crm.transfer.imports.columns.import_options import ImportOptions, get_default_options
from crm.transfer.imports.columns.saved_mappings import get_headings
from crm.transfer.imports.columns.translated_headers import get_translated_headers, get_translations
from crm.transfer.imports.work.work_import import (
    WorkCells,
    WorkImport,
    build_field_widgets,
    get_field_choices,
)
from crm.work.activities.sheet_columns import (
    EDITABLE_FIELDS,
    IMPORTED_TYPES,
    get_sheet_headings,
    get_sheet_title,
)

# Without the ID of an activity, a sheet has to have these columns.
ENOUGH = {"type", "at", "text"}
# Other programs number their activities too: our sheet has one more of these columns.
BESIDE_ID = {"version", "type", *EDITABLE_FIELDS}


class ActivityImport(WorkImport):
    model = Activity
    own_id = "activity"
    offered = ("type", "outcome")
    edited = EDITABLE_FIELDS
    subtitle_fields = ("type", "at")
    stored_as = {AUTHOR: "created_by"}
    standing = ("type", "at", "outcome", "text")
    optional = ("minutes",)
    dates = ("at",)

    def get_title(self):
        return get_sheet_title()

    @property
    def identifying_fields(self) -> list[str]:
        """The fields by which a row can name its record, the most reliable first."""
        records = self.record_rules
        return ["id", *records.unique_fields, *([records.email] if records.email else records.keys)]

    def recognizes(self, heads):
        if self._find_export(heads):
            return True
        words = self._columns_by_header
        found = {
            words[normalize_heading(heading)] for heading in heads if normalize_heading(heading) in words
        }
        return ("activity" in found and not found.isdisjoint(BESIDE_ID)) or found >= ENOUGH

    @property
    def _columns_by_header(self) -> dict[str, str]:
        return get_translated_headers(lambda: get_sheet_headings(self.kind))

    @property
    def _closed(self) -> set[str]:
        return get_read_only_field_names(self.kind, self.user)

    def map_columns(self, columns):
        """Not read are also columns with the IDs of another program."""
        heads = [column.heading for column in columns]
        if export := self._find_export(heads):
            return program_exports.map_export_columns(export, self.record_rules, heads, self._closed)
        own, of_records = self._columns_by_header, get_fields_by_word(self.kind, self.user)
        read = {"activity", "version", "type", *EDITABLE_FIELDS, *self.identifying_fields} - self._closed
        found: list[str] = []
        for heading in heads:
            meant = own.get(normalize_heading(heading)) or of_records.get(normalize_heading(heading), "")
            found.append(meant if meant in read and meant not in found else "")
        if "activity" in found and _has_other_ids(columns[found.index("activity")]):
            found[found.index("activity")] = ""
        if "activity" not in found and "version" in found:
            found[found.index("version")] = ""
        return found

    def build_import_options(self, mapping, *, day_first):
        """With how records are found."""
        ways = [name for name in mapping if name in self.identifying_fields]
        options = get_default_options(self.record_rules, ways)
        if options["key"] not in ways:
            known = self.record_rules.matched_by
            options["key"] = next((name for name in ways if name in known), options["key"])
        options |= {"empties": "version" in mapping, "day_first": day_first}
        return vars(ImportOptions(**options)).copy()

    def get_targets(self, imported):
        """Only files of other programs have subjects, and authors that are read."""
        more = [SUBJECT, AUTHOR] if self._find_export(get_headings(imported)) else []
        names = ["activity", "version", *self.identifying_fields, "type", *EDITABLE_FIELDS, *more]
        return [name for name in names if name not in self._closed]

    def get_cells(self, heads=(), *, day_first=True):
        own = {"activity": RecordNumber(), "version": Version()}
        own |= build_field_widgets(Activity, ("type", *EDITABLE_FIELDS))
        # In a file exported from here, a text has the tags that its author typed.
        own["text"] = TextCell(Activity._meta.get_field("text"))
        if self._find_export(heads):
            own |= program_exports.build_program_widgets()
        others = self.kind.resource(self.kind, self.user, day_first=day_first)
        return WorkCells(self.user, own, day_first=day_first, others=others)

    def _find_export(self, heads: Sequence[str]) -> program_exports.ActivityExport | None:
        return program_exports.find_export(self.kind.name, heads)

    def get_heading(self, name):
        own = get_sheet_headings(self.kind) | {SUBJECT: _("Subject")}
        return own.get(name) or self.kind.get_heading(name)

    def get_own_label(self, name):
        return _("Author") if name == AUTHOR else super().get_own_label(name)

    def get_choices(self):
        return {
            "type": get_field_choices(Activity, "type", IMPORTED_TYPES),
            "outcome": get_field_choices(Activity, "outcome"),
        }

    def format_row_count(self, count):
        words = ngettext("%(number)s activity", "%(number)s activities", count)
        return words % {"number": number(count)}

    def describe_plan(self, imported):
        found, fixed = [], imported.counts.get("fixed", 0)
        if fixed:
            words = ngettext(
                "%(number)s row is an email or a file. It stays as it is.",
                "%(number)s rows are emails or files. They stay as they are.",
                fixed,
            )
            found.append(words % {"number": number(fixed)})
        return [*found, *super().describe_plan(imported)]

    def get_warnings(self, imported):
        """Says so if no column of another program's export names the records."""
        export = self._find_export(get_headings(imported))
        if export is None or not export.name or set(self.identifying_fields) & set(imported.mapping):
            return []
        words = {"records": self.kind.words.many, "program": export.name}
        return [
            _(
                "No column names the %(records)s that these activities belong to. Import the %(records)s from %(program)s "
                "with their IDs first, then upload this file again."
            )
            % words
        ]


def find_sheet_with_own_name(sheets: Sequence[str]) -> str:
    """The sheet of a workbook that has the name of our sheet with activities, or ''."""
    names = get_translations(get_sheet_title)
    return next((sheet for sheet in sheets if normalize_heading(sheet) in names), "")


def _has_other_ids(column: ColumnContent) -> bool:
    """Whether these can't be IDs of ours. Bare numbers can: the other headers say that the sheet is ours."""
    return not all(RECORD_NUMBER_PATTERN.fullmatch(text.strip()) for text in column.texts)
