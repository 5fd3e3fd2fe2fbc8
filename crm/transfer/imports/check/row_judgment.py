"""The result of one row: a new record with these values, an existing one with these changes, or errors."""

from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.custom.definitions.field_visibility import get_row_id, has_field
from crm.fields.custom.values.field_registry import (
    get_custom_field,
    is_edited_by,
    is_used_in,
    is_written_as_text,
)
from crm.fields.custom.values.record_form_fields import get_applicable_defaults, get_field_defaults
from crm.fields.custom.values.stored_values import format_stored_moment
from crm.fields.person_name_parts import split_name
from crm.fields.schemas import ID_AND_VERSION, WHOLE_NAME
from crm.fields.types.field_type import EMPTY_VALUES
from crm.fields.types.phones import normalize_phones
from crm.fields.widgets.value_widgets import normalize_text
from crm.platform.excel.parsing.emails_and_phones import get_name_before_email
from crm.records.kinds.excel_resource import RecordResource
from crm.transfer.imports.check.additional_values import Row, collect_additional_values, get_row_notes
from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.check.cell_comparison import CellComparison, RowJudgment, is_same_cell_value
from crm.transfer.imports.check.import_rules import Errors, ImportRules
from crm.transfer.imports.columns.file_columns import NEW_FIELD
from crm.transfer.imports.columns.import_options import FILL, ImportOptions


class RowJudge(CellComparison):
    def __init__(self, resource: RecordResource, rules: ImportRules, options: ImportOptions) -> None:
        self.resource, self.rules, self.options = resource, rules, options
        self.empties = options.empties
        self.model: Any = rules.kind.model
        self.splits = rules.splits_names
        custom = rules.kind.get_custom_fields(rules.user)
        self.first_values = get_field_defaults(rules.kind.name, rules.user)
        self.required = [
            field
            for field in custom
            if field.definition.required and is_written_as_text(field) and is_edited_by(field, rules.user)
        ]
        self.required_built_in = get_required_field_names(rules.kind.name)
        self.never_cleared = {*self.required_built_in, *(field.name for field in self.required)}
        self.limited = [field for field in custom if field.definition.departments]

    def judge_new(self, cells: dict[str, CleanedCell], lines: list[str]) -> RowJudgment:
        """A record to add. `lines` go into the description; they come from columns without a field."""
        judged = RowJudgment()
        values = judged.values
        for name, cell in cells.items():
            judged.unknown += [(name, text) for text in cell.unknown]
            if cell.error:
                judged.errors.append((name, cell.error))
            elif not cell.empty and not cell.clears and name not in ID_AND_VERSION:
                values[name] = cell.value
        if self.splits and WHOLE_NAME in values:
            values["first_name"], values["last_name"] = self.options.split_name(values.pop(WHOLE_NAME))
        if self.splits and self.rules.email in values:
            self._take_name_before_email(values, cells[self.rules.email].shown)
        lines = [*lines, *self._add_said_beside(judged, cells, {}, values)]
        self._set_name(judged, cells)
        rules = self.rules
        if lines:
            values[rules.lines_go_to] = "\n".join([values.get(rules.lines_go_to, ""), *lines]).strip()
        chosen = "department" in values
        rules.fill_in(values, self.options.defaults)
        said = set(values)
        values |= get_applicable_defaults(self.first_values, values)
        if judged.errors:
            return judged
        judged.errors += [*rules.judge_new(values, chosen=chosen), *find_too_long_texts(self.model, values)]
        self._drop_fields_of_other_departments(judged, values, said)
        judged.errors += [
            (field.name, _("Enter a value."))
            for field in self.required
            if values.get(field.name) in EMPTY_VALUES and has_field(field, values)
        ]
        judged.errors += [
            (name, _("Enter a value.")) for name in self.required_built_in if values.get(name) in EMPTY_VALUES
        ]
        values |= normalize_phones(self.model, values, rules.get_country(values.get("department")))
        return judged

    def _take_name_before_email(self, values: dict[str, Any], shown: str) -> None:
        """A row without a name gets that of "Ana Pop <ana@example.com>"."""
        name = get_name_before_email(shown)
        if name and not values.get("first_name") and not values.get("last_name"):
            values["first_name"], values["last_name"] = split_name(name)

    def _add_said_beside(
        self,
        judged: RowJudgment,
        cells: dict[str, CleanedCell],
        now: dict[str, Any],
        amounts: Collection[str],
    ) -> list[str]:
        """Add what the cells say about other fields. Returns the lines that belong into the description."""
        if not any(cell.notes or cell.more or cell.currencies for cell in cells.values()):
            return []
        row = Row(cells, judged.values, now, amounts, self.rules, self.resource)
        found = collect_additional_values(
            row, str(now.get("currency") or self.options.defaults.get("currency") or "")
        )
        judged.values |= {name: value for name, value in found.values.items() if now.get(name) != value}
        judged.errors += found.errors
        judged.notes += get_row_notes(row)
        return found.lines

    def _set_name(self, judged: RowJudgment, cells: dict[str, CleanedCell]) -> None:
        """A record without a name gets the text of the column that the user chose; the rules of names apply to it."""
        rules, cell = self.rules, cells.get(self.options.name_from)
        if not cell or not rules.name_goes_to or any(judged.values.get(name) for name in rules.named_by):
            return
        if cell.error or cell.empty or cell.clears:
            return
        judged.named = True
        try:
            judged.values[rules.name_goes_to] = self.resource.widget(rules.name_goes_to).clean(cell.shown)
        except ValueError as error:
            judged.errors.append((self.options.name_from, str(error)))

    def _drop_fields_of_other_departments(
        self, judged: RowJudgment, values: dict[str, Any], said: Collection[str]
    ) -> None:
        """Fields of other departments can't get a value; `said` are the fields in the file, the others are defaults."""
        for limited in self.limited:
            name = limited.name
            if judged.values.get(name) in EMPTY_VALUES or is_used_in(
                limited, get_row_id(values.get("department"))
            ):
                continue
            if name in said:
                judged.errors.append((name, _("The record’s department doesn’t use this field.")))
            else:
                del judged.values[name]

    def judge_existing(
        self,
        cells: dict[str, CleanedCell],
        record: dict[str, Any],
        lines: list[str],
        *,
        base: dict[str, Any] | None,
        choice: str,
        takes: list[str],
    ) -> RowJudgment:
        """An existing record that the row changes. `lines` are as for a new record; `record` has its values by field;
        `base` has the values that have changed since the file was made (None if the file has no version); `takes`
        are fields where the file overrides a newer edit."""
        judged = RowJudgment()
        for name, cell in cells.items():
            if name in ID_AND_VERSION and cell.error:
                # Without its version, a row would overwrite newer edits.
                judged.errors.append((name, cell.error))
            if name in ID_AND_VERSION or name in self.resource.only_for_new:
                continue
            if self.splits and name == WHOLE_NAME:
                self._judge_whole_name(judged, cell, record, choice)
            else:
                self.compare(judged, name, cell, record[name], base, takes, fills=choice == FILL)
        touched = {
            name: cell for name, cell in cells.items() if not self._says_nothing_new(name, cell, record)
        }
        same_amounts = [
            name
            for name, cell in touched.items()
            if cell.currencies and choice != FILL and is_same_cell_value(record[name], cell.value)
        ]
        more = self._add_said_beside(judged, touched, record, [*judged.values, *same_amounts])
        self._add_lines(judged, [*lines, *more], record, choice)
        if judged.values:
            self._check_change(judged, record)
        judged.old = {name: record[name] for name in judged.values if name in record}
        return judged

    def is_never_cleared(self, name, now):
        return name in self.rules.never_empty or (name in self.never_cleared and now not in EMPTY_VALUES)

    def get_empty_value(self, name):
        return get_blank_value(self.model, name)

    def _add_lines(self, judged: RowJudgment, lines: list[str], record: dict[str, Any], choice: str) -> None:
        """Append to the description; a line that is already in it isn't added again."""
        name = self.rules.lines_go_to
        if not lines or (choice == FILL and record[name]):
            return
        text = normalize_text(judged.values.get(name, record[name]))
        missing = [line for line in lines if f"\n{line}\n" not in f"\n{text}\n"]
        if missing:
            judged.values[name] = "\n".join([text, *missing]).strip()

    def _says_nothing_new(self, name: str, cell: CleanedCell, record: dict[str, Any]) -> bool:
        """Whether an odd cell is as exported."""
        return bool(cell.notes) and name in record and self.is_as_exported(name, cell, record[name])

    def is_as_exported(self, name, cell, now):
        """Also if a spreadsheet has made something else of the cell."""
        widget = self.resource.widget(name)
        if cell.error or cell.unknown or cell.written or cell.notes:
            rendering = widget.rendering
            there = normalize_text(str(rendering(now) if rendering else now or ""))
            if (cell.written or cell.shown) == there:
                return True
        return widget.is_only_reformatted(now, cell.shown)

    def _judge_whole_name(self, judged: RowJudgment, cell: CleanedCell, record, choice: str) -> None:
        whole = f"{record['first_name']} {record['last_name']}".strip()
        # The same words in the other order are another name.
        same = not self.options.last_name_first and whole in (cell.shown, cell.value)
        if cell.empty or cell.clears or same:
            return
        if cell.error:
            judged.errors.append((WHOLE_NAME, cell.error))
            return
        if choice == FILL and whole:
            return
        for name, value in zip(("first_name", "last_name"), self.options.split_name(cell.value), strict=True):
            if value != record[name]:
                judged.values[name] = value

    def _check_change(self, judged: RowJudgment, record: dict[str, Any]) -> None:
        values, rules = judged.values, self.rules
        merged = {**record, **values}
        judged.errors += rules.judge_change(values, record, merged, self.options.defaults)
        self._drop_fields_of_other_departments(judged, merged, values)
        judged.errors += find_too_long_texts(self.model, values)
        values |= normalize_phones(self.model, values, rules.get_country(merged["department"]))


def get_blank_value(model: Any, name: str) -> Any:
    """The value of an empty field."""
    if name.startswith(NEW_FIELD):
        return None
    field = get_custom_field(model.table, name) or model._meta.get_field(name)
    return None if field.null else field.get_default()


def find_too_long_texts(model: Any, values: dict[str, Any]) -> Errors:
    """Texts combined from several cells that are too long."""
    found: Errors = []
    for name in [name for name in ("first_name", "last_name", "description") if name in values]:
        most = model._meta.get_field(name).max_length
        if len(values[name]) > most:
            found.append((name, _("Enter at most %(most)s characters.") % {"most": most}))
    return found


def get_json_cell_value(value: Any) -> Any:
    """A value as JSON that PostgreSQL reads back with the type of the column."""
    if isinstance(value, Decimal):
        return format(value, "f")
    # A moment is a date too.
    if isinstance(value, datetime):
        return format_stored_moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return getattr(value, "code", value)
