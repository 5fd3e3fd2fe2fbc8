"""How the sheets of a report look: texts that stay texts, number formats by unit, heads, totals, and pages to print."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from crm.platform.configuration.company import get_company_currency
from crm.platform.excel.writing.cell_values import CELL_CHARACTERS
from reports.engine.measures import Unit

# The accent of the pages in light colors, and a pale gray.
ACCENT, PALE, LINE = "2F5BB7", "EEF1F6", "B8BEC9"
# Excel's own font: without a name, other programs choose one.
FONT = "Calibri"
TITLE, BOLD = Font(name=FONT, size=16, bold=True), Font(name=FONT, size=11, bold=True)
SOFT = Font(name=FONT, size=11, color="5A6270")
WRAPPED, TOP = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
AT_END, INDENTED = Alignment(horizontal="right"), Alignment(indent=1)
# Excel's limit for the name of a sheet, and what can't be in one.
LONGEST_NAME, NOT_IN_NAMES = 31, str.maketrans(dict.fromkeys("[]:*?/\\", " "))
# What a sheet has at an address, as the library types it.
SheetCell = Cell | MergedCell


@dataclass(frozen=True)
class ReportColumn:
    """`unit` decides the number format; None for texts. `width` is in characters."""

    heading: str
    unit: Unit | None = None
    width: int = 18


@dataclass(frozen=True)
class NumberCell:
    """A number with a unit of its own, whatever the column's."""

    value: Any
    unit: Unit


def build_workbook(title: str, creator: str, created: datetime) -> Workbook:
    """Without a sheet. Excel knows no time zones, so `created` loses its own."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = _clean_text(title), _clean_text(creator)
    book.properties.created = created.replace(tzinfo=None)
    return book


def add_sheet(book: Workbook, name: str) -> Worksheet:
    """To print across one page, with the name and the page number below."""
    sheet = book.create_sheet(_clean_text(name).translate(NOT_IN_NAMES)[:LONGEST_NAME].strip(" '"))
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P/&N"
    return sheet


def write_table(
    sheet: Worksheet,
    columns: Sequence[ReportColumn],
    rows: Iterable[Sequence[Any]],
    *,
    has_total: bool = False,
) -> None:
    """A whole sheet: a frozen head with a filter, and the rows. The last of them is apart from the filter if it is the total."""
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
        write_head(sheet.cell(1, place), column.heading, at_end=column.unit is not None)
    number = 1
    for number, row in enumerate(rows, start=2):
        for place, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            write_value(sheet.cell(number, place), value, column.unit)
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    last = number - 1 if has_total else number
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(last, 1)}"
    if has_total:
        for place in range(1, len(columns) + 1):
            sheet.cell(number, place).font, sheet.cell(number, place).border = (
                BOLD,
                Border(top=Side("thin", LINE)),
            )


def write_head(cell: SheetCell, text: Any, *, at_end: bool = False) -> None:
    write_text(cell, text)
    cell.font, cell.fill = BOLD, PatternFill("solid", PALE)
    cell.border = Border(bottom=Side("thin", LINE))
    cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal="right" if at_end else "left")


def write_text(cell: SheetCell, text: Any) -> None:
    """As a text in any case: “=1+1” is no formula."""
    cell.value = _clean_text(text)[:CELL_CHARACTERS] or None
    if cell.value is not None:
        cell.data_type = "s"


def _clean_text(text: Any) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", str(text))


def write_value(cell: SheetCell, value: Any, unit: Unit | None) -> None:
    """A number in the format of its unit, or a text. None leaves the cell empty."""
    if isinstance(value, NumberCell):
        value, unit = value.value, value.unit
    if unit is None or isinstance(value, str):
        write_text(cell, "" if value is None else value)
        cell.alignment = AT_END if unit else TOP
        return
    cell.value = convert_value(value, unit)
    cell.number_format = get_number_format(unit)


def convert_value(value: Any, unit: Unit) -> Decimal | None:
    """Percent as the part of one that Excel's format shows as percent; everything rounded to a few decimals."""
    if value is None:
        return None
    number = Decimal(str(value))
    return round(number / 100, 6) if unit == Unit.PERCENT else round(number, 4)


FORMATS = {
    Unit.COUNT: "#,##0",
    Unit.PERCENT: "0.0%",
    Unit.DAYS: "#,##0.0",
    Unit.RATIO: "#,##0.00",
    Unit.WORKDAYS: "#,##0.0",
}


def get_number_format(unit: Unit) -> str:
    """In Excel's notation, which shows the separators of its reader."""
    if unit == Unit.MONEY:
        return f'#,##0.00\\ "{get_company_currency()}"'
    return FORMATS[unit]


def write_definitions(book: Workbook, lines: Iterable[Sequence[Any]]) -> None:
    """A sheet of terms and their definitions."""
    sheet = add_sheet(book, _("Definitions"))
    write_table(sheet, [ReportColumn(_("Number"), width=30), ReportColumn(_("Definition"), width=100)], lines)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = WRAPPED
