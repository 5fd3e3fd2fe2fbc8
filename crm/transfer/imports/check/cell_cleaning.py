"""Turns cells into values: each distinct cell of a column is cleaned once, by the widgets of the Resource.

A name that doesn't exist here or is retired becomes what the user has decided: another value, nothing, a status,
source, or tag that apply will create or reactivate, or an error.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.fields.schemas import WHOLE_NAME
from crm.fields.types.texts import one_line
from crm.fields.widgets.link_widgets import get_link_columns
from crm.fields.widgets.text_widgets import join_lines_if_short
from crm.fields.widgets.value_widgets import RetiredName, UnknownName, get_cell_text
from crm.models import Import
from crm.platform.excel.parsing.emails_and_phones import add_calling_code
from crm.platform.excel.parsing.name_lists import split_names
from crm.platform.excel.reading.reader import get_cell_value
from crm.platform.excel.writing.csv_writer import unguard_formula_text
from crm.platform.text.text_folding import fold_text
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.value_decisions import EMPTY, REFUSE, get_decision, is_create_decision
from crm.transfer.imports.columns.file_columns import (
    CALLING_CODE,
    TO_DESCRIPTION,
    get_read_only_field_names,
)
from crm.transfer.imports.columns.import_options import CLEAR_MARK, ImportOptions

# Distinct cells kept per column: enough for columns of choices, few for columns of names.
REMEMBERED = 2_000
# Errors, formulas without a value, and unclosed quotes (crm/platform/excel/reading/reader.py).
UNUSABLE = ("e", "f", "q")


@dataclass(frozen=True)
class CleanedCell:
    """A cleaned cell: its value by database column, or the sentence that says why there is none.

    `unknown` are its names that don't exist here or are retired, decided or not; `retired` are the retired ones, with
    their IDs; `shown` is the text of the cell, `written` is the text including the quote that was removed, and `linked`
    is the text whose link is read. `notes`, `more` and `currencies` are those of crm/fields/widgets/value_widgets.py, Reading.
    """

    shown: str
    value: Any = None
    error: str = ""
    unknown: tuple[str, ...] = ()
    retired: tuple[tuple[str, Any], ...] = ()
    empty: bool = False
    clears: bool = False
    written: str = ""
    linked: str = ""
    notes: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()


class CellMeanings(Protocol):
    """What the cells of each column mean: a resource of records, or the columns of another sheet."""

    user: Any
    fields: Any

    def widget(self, name: str) -> Any: ...


class RowCleaner:
    """Cleans the rows of one import. `fields` are the mapped columns: (place, field)."""

    def __init__(
        self,
        resource: CellMeanings,
        imported: Import,
        new_link: Callable[[str, Any], dict[str, Any]] | None = None,
        own_row: Callable[[str, str], str] | None = None,
    ) -> None:
        """`new_link` judges a record of a table that the file links to and that apply will add. `own_row` is the value of a
        cell that names another row of the file."""
        mapping = imported.mapping
        # Only a workbook keeps the quote with which our CSV files guard a formula.
        self.from_workbook = bool(imported.sheets)
        self.resource, self.decisions = resource, imported.decisions
        read = {
            "",
            TO_DESCRIPTION,
            CALLING_CODE,
            *get_read_only_field_names(KINDS[imported.table], resource.user),
        }
        self.fields = [(place, name) for place, name in enumerate(mapping) if name not in read]
        self.lines = [place for place, name in enumerate(mapping) if name == TO_DESCRIPTION]
        self.code_at = mapping.index(CALLING_CODE) if CALLING_CODE in mapping else None
        # The texts that mean an empty cell, by column.
        self.blanks = [
            {fold_text(text) for text in imported.blanks.get(str(place), ())} for place, _name in self.fields
        ]
        self.remembered: list[dict[tuple[str, ...], CleanedCell]] = [{} for _place in self.fields]
        self.links, self.new_link, self.own_row = get_link_columns(resource), new_link, own_row

    def look_up_links(self, rows: Sequence[Any]) -> None:
        """Find what the cells of these rows link to, all together, before they are cleaned one by one."""
        for place, name in self.fields:
            if name not in self.links:
                continue
            texts = {
                text
                for row in rows
                for text in self._get_texts_with_and_without_quote(self._get_kind_and_text(place, row))
            }
            chosen = self.decisions.get(name, {}).values()
            self.links[name].load_records_by_text(
                [*texts, *(f"#{pk}" for pk in chosen if isinstance(pk, int))]
            )

    def _get_texts_with_and_without_quote(self, key: tuple[str, str]) -> list[str]:
        """What a cell may say, without the quote of a CSV file too."""
        kind, text = key
        if not text or kind in UNUSABLE:
            return []
        shown = get_cell_text(get_cell_value(kind, text))
        return list({shown, unguard_formula_text(shown)})

    @staticmethod
    def _get_kind_and_text(place: int, row: Any) -> tuple[str, str]:
        """The letter and the text of a cell, with its correction."""
        if row.fixes and str(place) in row.fixes:
            return "s", row.fixes[str(place)]
        if place < len(row.cells):
            return row.kinds[place] if row.kinds else "s", row.cells[place]
        return "s", ""

    @staticmethod
    def _get_target(place: int, row: Any) -> str:
        """Where a cell leads. A correction replaces the cell with its link."""
        return "" if str(place) in row.fixes else row.targets.get(str(place), "")

    def clean_row(self, row: Any) -> dict[str, CleanedCell]:
        """The cells of a row by field."""
        found = {}
        for number, (place, name) in enumerate(self.fields):
            kind, text = self._get_kind_and_text(place, row)
            remembered = self.remembered[number]
            key = (kind, text, self._get_target(place, row) if row.targets else "")
            if (
                name == "phone"
                and self.code_at is not None
                and fold_text(text.strip()) not in self.blanks[number]
            ):
                found[name] = self._with_code(remembered, key, self._get_kind_and_text(self.code_at, row)[1])
                continue
            cell = remembered.get(key)
            if cell is None:
                if len(remembered) > REMEMBERED:
                    remembered.clear()
                blank = bool(self.blanks[number]) and fold_text(text.strip()) in self.blanks[number]
                cell = remembered[key] = CleanedCell("", empty=True) if blank else self.clean_cell(name, *key)
            found[name] = cell
        return found

    def _with_code(
        self, remembered: dict[tuple[str, ...], CleanedCell], key: tuple[str, str, str], code: str
    ) -> CleanedCell:
        """A phone whose calling code is in another column."""
        cell = remembered.get((*key, code))
        if cell is None:
            kind, text, _target = key
            cell = self.clean_cell("phone", *key)
            said = "" if kind in UNUSABLE else get_cell_text(get_cell_value(kind, text))
            number = cell.value if cell.linked else said
            whole = add_calling_code(number, code)
            if whole != number:
                joined = self.clean_cell("phone", "s", whole)
                notes = (*(cell.notes if cell.linked else ()), *joined.notes)
                cell = replace(
                    joined,
                    shown=cell.shown if cell.linked else said,
                    linked=cell.linked,
                    notes=(*notes, _("Calling code joined with the number")),
                )
            remembered[*key, code] = cell
        return cell

    def clean_cell(self, name: str, kind: str, text: str, target: str = "") -> CleanedCell:
        """`target` is where the cell leads, if anywhere."""
        cell = self._clean_text(name, kind, text)
        if (
            not target
            or cell.empty
            or cell.clears
            or (name == WHOLE_NAME and name not in self.resource.fields)
        ):
            return cell
        instead = self.resource.widget(name).get_text_from_link(cell.shown, target)
        linked = self.clean_value(name, instead, instead) if instead else cell
        if linked is cell or linked.error:
            return cell
        return replace(linked, linked=cell.shown, notes=(*linked.notes, _("Link read instead of its text")))

    def _clean_text(self, name: str, kind: str, text: str) -> CleanedCell:
        if kind in UNUSABLE:
            return CleanedCell(text, error=_describe_cell_error(kind, text))
        value = get_cell_value(kind, text)
        shown = get_cell_text(value)
        if not shown:
            return CleanedCell("", empty=True)
        if shown == CLEAR_MARK:
            return CleanedCell(shown, clears=True)
        if self.from_workbook and (bare := unguard_formula_text(shown)) != shown:
            # A spreadsheet that opened one of our CSV files keeps the guard's quote as part of the text.
            return replace(self.clean_value(name, bare, bare), written=shown)
        return self.clean_value(name, value, shown)

    def clean_value(self, name: str, value: Any, shown: str) -> CleanedCell:
        """The meaning of a cell that isn't empty."""
        try:
            if name == WHOLE_NAME and name not in self.resource.fields:
                joined = join_lines_if_short(shown)
                notes = (_("Line breaks replaced by spaces"),) if joined else ()
                return CleanedCell(shown, value=joined or one_line(shown), notes=notes)
            if name == "tags":
                return self.clean_tags(shown)
            widget = self.resource.widget(name)
            if widget.is_null_value(value):
                return CleanedCell("", empty=True)
            read = widget.read(value)
            return CleanedCell(
                shown, read.value, notes=read.notes, more=read.more, currencies=read.currencies
            )
        except UnknownName as unknown:
            return self.apply_decision(name, shown, unknown)
        except ValidationError as error:
            return CleanedCell(shown, error=" ".join(error.messages))
        except ValueError as error:
            return CleanedCell(shown, error=str(error))

    def apply_decision(self, name: str, shown: str, unknown: UnknownName) -> CleanedCell:
        decision = get_decision(self.decisions, name, shown)
        if decision is None and (row := self._find_own_row(name, shown)):
            return CleanedCell(shown, value=row)
        retired = ((shown, unknown.pk),) if isinstance(unknown, RetiredName) else ()
        cell = CleanedCell(shown, unknown=(shown,), retired=retired)
        if decision in (None, REFUSE):
            return replace(cell, error=str(unknown))
        if decision == EMPTY:
            return replace(cell, empty=True)
        if name in self.links:
            return replace(cell, **self._resolve_link(name, decision, str(unknown)))
        return replace(cell, value=retired[0][1] if retired and is_create_decision(decision) else decision)

    def _find_own_row(self, name: str, shown: str) -> str:
        unknown = name in self.links and not self.links[name].find_ids(shown)
        return self.own_row(name, shown) if self.own_row and unknown else ""

    def _resolve_link(self, name: str, decision: Any, unknown: str) -> dict[str, Any]:
        """The value or the error of a cell for which the user has chosen a record, or to add one."""
        if is_create_decision(decision) and self.new_link:
            return self.new_link(self.links[name].model.table, decision)
        there = self.links[name].find_ids(f"#{decision}")
        return {"value": decision} if there else {"error": unknown}

    def clean_tags(self, shown: str) -> CleanedCell:
        """Each name separately: an unknown one doesn't affect the others."""
        widget: Any = self.resource.widget("tags")
        ids: set[Any] = set()
        unknown: list[str] = []
        retired: list[tuple[str, Any]] = []
        sentence = ""
        for name in split_names(shown, widget.has_label):
            try:
                ids.add(widget.get_value_by_label(name))
            except UnknownName as error:
                cell = self.apply_decision("tags", name, error)
                unknown.append(name)
                retired += cell.retired
                sentence = sentence or cell.error
                if not cell.error and not cell.empty:
                    ids.add(cell.value)
        found = CleanedCell(
            shown, value=sorted(ids, key=str), error=sentence, unknown=tuple(unknown), retired=tuple(retired)
        )
        return found if sentence else replace(found, empty=not ids)


def _describe_cell_error(kind: str, text: str) -> str:
    if kind == "f":
        return _(
            "This formula has no calculated value. Open the file in Excel or LibreOffice, save it, and import it again."
        )
    if kind == "q":
        return _(
            "The quotation mark that opens this cell is never closed. Close it in a text editor and import the file again."
        )
    return _("The cell contains the error %(error)s.") % {"error": text}


def adapt_cell_to_value(cell: CleanedCell, now: Any) -> CleanedCell:
    """The cell for a record whose value is `now`: keeping a retired value needs no decision."""
    held = now if isinstance(now, list) else [now]
    kept = {text: pk for text, pk in cell.retired if pk in held}
    if not kept:
        return cell
    unknown = tuple(text for text in cell.unknown if text not in kept)
    value = sorted({*cell.value, *kept.values()}, key=str) if isinstance(now, list) else now
    return replace(cell, value=value, unknown=unknown, error=cell.error if unknown else "", empty=False)


def get_row_title_and_subtitle(
    cells: dict[str, CleanedCell], rules: ImportRules, options: ImportOptions
) -> tuple[str, str]:
    """The row's title on the pages and the line below it: from its content, valid or not. A whole name is written as it is saved."""
    shown = {name: cell.shown for name, cell in cells.items()}
    if rules.splits_names and shown.get(WHOLE_NAME):
        shown["first_name"], shown["last_name"] = options.split_name(shown.pop(WHOLE_NAME))
    return rules.get_row_title(shown)[:300], rules.get_row_subtitle(shown)[:300]
