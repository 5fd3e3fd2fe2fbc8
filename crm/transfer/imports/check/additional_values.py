"""What cells say besides the values of their own fields: further emails and phones, and the currency of an amount."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.amount_input import get_other_currency_error
from crm.fields.schemas import WHOLE_NAME
from crm.fields.types.field_type import EMPTY_VALUES
from crm.fields.widgets.text_widgets import PhoneCell
from crm.models import Import
from crm.platform.excel.parsing.currency_signs import choose_currency
from crm.records.kinds.excel_resource import RecordResource
from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.check.import_rules import Errors, ImportRules
from crm.transfer.imports.columns.file_columns import find_correctable_column
from crm.transfer.imports.columns.header_words import SECOND_FIELDS

LONGEST_PHONE = 60
# How much of a cell the preview shows.
SHOWN = 80
# A cell that was read differently than it is written: its field, what was changed, its text, and what is read.
Note = tuple[str, str, str, str]


@dataclass
class AdditionalValues:
    """`values` are those of other fields, `lines` belong into the description."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    errors: Errors = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """`values` are those that the row writes, `now` are those of its record, `amounts` are the fields whose currency it says."""

    cells: Mapping[str, CleanedCell]
    values: Mapping[str, Any]
    now: Mapping[str, Any]
    amounts: Collection[str]
    rules: ImportRules
    resource: RecordResource

    def is_filled(self, name: str) -> bool:
        cell = self.cells.get(name)
        return any(texts.get(name) not in EMPTY_VALUES for texts in (self.values, self.now)) or bool(
            cell and not cell.empty
        )

    def has_value(self, name: str, text: str) -> bool:
        return text in (self.values.get(name), self.now.get(name))


def collect_additional_values(row: Row, usual: str) -> AdditionalValues:
    """What a row says about other fields. `usual` is the currency of amounts that name none."""
    found = AdditionalValues()
    for name, cell in row.cells.items():
        if cell.more:
            _spread_values(found, name, cell, row)
        if cell.currencies and name in row.amounts:
            _take_currency(found, name, cell, row, usual)
    return found


def _spread_values(found: AdditionalValues, name: str, cell: CleanedCell, row: Row) -> None:
    """The second value goes to its own field if that is empty, the others to the description with their label. Without a
    description, a phone keeps the whole text of the cell."""
    second = SECOND_FIELDS.get(name, "")
    for text in cell.more:
        if row.has_value(name, text) or row.has_value(second, text):
            continue
        if second in row.resource.fields and second not in found.values and not row.is_filled(second):
            found.values[second] = text
        elif row.rules.lines_go_to:
            found.lines.append(f"{row.rules.kind.get_file_heading(name)}: {text}")
        elif isinstance(row.resource.widget(name), PhoneCell) and len(cell.shown) <= LONGEST_PHONE:
            found.values[name] = cell.shown
        else:
            sentence = _("There’s no field for “%(text)s”. Leave only one value in the cell.")
            found.errors.append((name, sentence % {"text": text}))


def _take_currency(found: AdditionalValues, name: str, cell: CleanedCell, row: Row, usual: str) -> None:
    target = get_currency_field(row.rules, name)
    if not target:
        return
    if own := _get_valid_value(row.cells.get(target)):
        if sentence := get_other_currency_error(cell.currencies, own):
            found.errors.append((name, sentence))
        return
    code = choose_currency(cell.currencies, usual)
    if not code:
        sentence = _("Several currencies have this sign: %(codes)s. Add a column with the currency.")
        found.errors.append((name, sentence % {"codes": ", ".join(cell.currencies)}))
        return
    try:
        found.values[target] = row.resource.widget(target).clean(code)
    except ValueError as error:
        found.errors.append((name, str(error)))


def _get_valid_value(cell: CleanedCell | None) -> Any:
    return cell.value if cell and not cell.error else None


def get_currency_field(rules: ImportRules, name: str) -> str:
    """The field with the currency of an amount, '' if it has none."""
    fields: dict[str, Any] = {one.name: one for one in rules.kind.model._meta.concrete_fields}
    return getattr(fields.get(name), "currency_field", "")


def get_row_notes(row: Row) -> list[Note]:
    """The cells that were read differently than they are written, as far as the row writes them."""
    found: list[Note] = []
    values, rules = row.values, row.rules
    for name, cell in row.cells.items():
        parts = (
            {"first_name", "last_name"}
            if name == WHOLE_NAME
            else {name, *([SECOND_FIELDS.get(name)] if cell.more else [])}
        )
        if not (cell.notes or cell.currencies) or not parts.intersection((*values, *row.amounts)):
            continue
        shown = (cell.linked or cell.shown)[:SHOWN]
        read = ", ".join(map(str, (cell.value, *cell.more)))[:SHOWN]
        found += [(name, note, shown, read) for note in cell.notes]
        currency = get_currency_field(rules, name)
        if cell.currencies and not currency:
            found.append((name, _("Currency removed"), shown, read))
        elif (
            cell.currencies
            and not _get_valid_value(row.cells.get(currency))
            and (code := values.get(currency))
        ):
            found.append((name, _("Currency read from the amount"), shown, f"{read} {code}"))
    return found


def add_columns_to_notes(imported: Import, notes: list[Note], rules: ImportRules) -> list[list]:
    """The notes with the columns of their cells."""
    return [[find_correctable_column(imported, rules, name), *rest] for name, *rest in notes]
