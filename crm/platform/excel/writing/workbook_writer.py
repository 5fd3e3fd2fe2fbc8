"""A workbook written as a stream: constant memory, the first bytes at once, any number of rows.

The file doesn't have to be seekable. Text cells contain their text as is: "=1+1" is a text, 007 keeps its zeros. Text
columns have the format "text", so what people type there in Excel also stays as typed.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import IO, Any, Protocol

from crm.platform.excel.writing import workbook_xml
from crm.platform.excel.writing.cell_values import (
    HEADING_STYLE,
    SHEET_ROWS,
    WRAPPED_STYLE,
    RowWriter,
    SheetColumn,
    escape_xml,
    format_utc,
    get_column_letters,
)

# Rows are joined into chunks of about this many characters before compression.
PORTION = 1 << 16
# Excel has trouble with parts over 2 GB; a sheet that long is closed and the next one started.
LONGEST_SHEET = 1_900_000_000
# Two thirds of the time of the usual 6, and files that are a hundredth larger.
COMPRESSION = 5
CHOICES_SHEET = "Choices"

# The types of the files that are sent, by format.
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class OutputFile(Protocol):
    """The interface required of a file: bytes can be written in sequence."""

    def write(self, data: bytes, /) -> Any: ...

    def flush(self) -> Any: ...


class _Forward:
    """A file that is only written forward, even if it can seek."""

    def __init__(self, file: OutputFile) -> None:
        self.file = file

    def write(self, data: bytes) -> int:
        self.file.write(data)
        return len(data)

    def flush(self) -> None:
        self.file.flush()


class Workbook:
    """Call `table()` and `notes()` in any order, then `close()`; or use it in a `with`, which closes unless there is an
    error."""

    def __init__(self, file: OutputFile, *, title: str, creator: str, created: datetime) -> None:
        self.archive = zipfile.ZipFile(_Forward(file), "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION)  # type: ignore[call-overload]
        self.sheets: list[tuple[str, bool]] = []
        self.filters: dict[int, str] = {}
        self.choices: list[tuple[str, ...]] = []
        self.cut_cells = 0
        try:
            self._write_part("[Content_Types].xml", workbook_xml.CONTENT_TYPES)
            self._write_part("_rels/.rels", workbook_xml.ROOT_RELATIONS)
            self._write_part(
                "docProps/core.xml", workbook_xml.build_core_properties(title, creator, format_utc(created))
            )
            self._write_part("xl/styles.xml", workbook_xml.STYLES)
        except BaseException:
            self._give_up()
            raise

    def __enter__(self) -> "Workbook":
        return self

    def __exit__(self, kind, error, trace) -> None:
        if kind is None:
            self.close()
        else:
            self._give_up()

    def _give_up(self) -> None:
        # Otherwise Python would write the end of the archive on garbage collection, and half a file would look
        # complete.
        self.archive.fp = None

    def write_table(
        self,
        name: str,
        columns: Sequence[SheetColumn],
        rows: Iterable[Sequence[Any]],
        *,
        most_rows: int = SHEET_ROWS,
    ) -> int:
        """Write all rows under a frozen header with a filter; more than `most_rows` continue on further sheets.

        Empty values are None or '', others str, Decimal, int, date or local datetime, depending on the column. Returns
        how many rows were written.
        """
        writer = RowWriter(columns)
        remaining: Iterator[Sequence[Any]] = iter(rows)
        written = 0
        sheet_number = 1
        while True:
            sheet_name = name if sheet_number == 1 else f"{name} {sheet_number}"
            count, more = self._write_table_sheet(sheet_name, columns, writer, remaining, most_rows)
            written += count
            if not more:
                break
            remaining = chain(more, remaining)
            sheet_number += 1
        self.cut_cells += writer.cut_cells
        return written

    def _write_table_sheet(self, name, columns, writer: RowWriter, rows, most_rows: int) -> tuple[int, list]:
        """One sheet of a table. Returns its number of rows, and the first row that didn't fit, if any."""
        left_over: list = []
        area = get_column_letters(len(columns))
        with self._open_sheet(name) as sheet:
            sheet.write(_render_sheet_head(columns))
            portion = [_render_heading_row([column.heading for column in columns])]
            size, total, number = 0, 0, 1
            for values in rows:
                if number >= most_rows or total > LONGEST_SHEET:
                    left_over = [values]
                    break
                number += 1
                text = writer.render_row(number, values)
                portion.append(text)
                size += len(text)
                if size > PORTION:
                    sheet.write("".join(portion).encode())
                    total += size
                    portion, size = [], 0
            sheet.write("".join(portion).encode())
            validations = self._render_validations(columns, number)
            tail = f'</sheetData><autoFilter ref="A1:{area}{number}"/>{validations}</worksheet>'
            sheet.write(tail.encode())
        place = len(self.sheets) - 1
        quoted = name.replace("'", "''")
        self.filters[place] = f"'{quoted}'!$A$1:${area}${number}"
        return number - 1, left_over

    def _render_validations(self, columns: Sequence[SheetColumn], last_row: int) -> str:
        """Drop-downs for the written rows and some more for new ones."""
        entries = []
        for place, column in enumerate(columns, start=1):
            if column.choices:
                until = min(last_row + 1000, SHEET_ROWS)
                entries.append(
                    f'<dataValidation type="list" allowBlank="1" sqref="{get_column_letters(place)}2:{get_column_letters(place)}{until}">'
                    f"<formula1>{self._build_choices_formula(column)}</formula1></dataValidation>"
                )
        return (
            f'<dataValidations count="{len(entries)}">{"".join(entries)}</dataValidations>' if entries else ""
        )

    def _build_choices_formula(self, column: SheetColumn) -> str:
        """Where the choices are, as a formula for the second row of the sheet. Those of single rows are in the columns after
        the ones of all rows."""
        together = [column.choices, *column.other_choices]
        place = self.choices.index(column.choices) if column.choices in self.choices else len(self.choices)
        if self.choices[place : place + len(together)] != together:
            place = len(self.choices)
            self.choices += together
        source, last = get_column_letters(place + 1), max(map(len, together))
        area = f"{CHOICES_SHEET}!${source}$1:${source}${last}"
        if not column.other_choices:
            return area
        right = f"${get_column_letters(column.numbers_in)}2"
        return f"OFFSET({CHOICES_SHEET}!${source}$1,0,{right},COUNTA(OFFSET({area},0,{right})),1)"

    def write_notes(self, name: str, lines: Iterable[tuple[str, str]]) -> None:
        """A two-column sheet for people to read: labels and texts."""
        with self._open_sheet(name) as sheet:
            head = f'{workbook_xml.HEAD}<worksheet xmlns="{workbook_xml.MAIN}"><cols><col min="1" max="1" width="24" customWidth="1"/>'
            sheet.write(f'{head}<col min="2" max="2" width="90" customWidth="1"/></cols><sheetData>'.encode())
            for number, (label, text) in enumerate(lines, start=1):
                cells = _render_cell(f"A{number}", HEADING_STYLE, label) + _render_cell(
                    f"B{number}", WRAPPED_STYLE, text
                )
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")

    def close(self) -> None:
        if self.choices:
            self._write_choices_sheet()
        self._write_part("xl/workbook.xml", workbook_xml.build_workbook_xml(self.sheets, self.filters))
        self._write_part(
            "xl/_rels/workbook.xml.rels", workbook_xml.render_workbook_relations(len(self.sheets))
        )
        self.archive.close()

    def _write_choices_sheet(self) -> None:
        with self._open_sheet(CHOICES_SHEET, hidden=True) as sheet:
            sheet.write(f'{workbook_xml.HEAD}<worksheet xmlns="{workbook_xml.MAIN}"><sheetData>'.encode())
            for number in range(1, max(map(len, self.choices)) + 1):
                cells = "".join(
                    _render_cell(f"{get_column_letters(place)}{number}", 1, choices[number - 1])
                    for place, choices in enumerate(self.choices, start=1)
                    if number <= len(choices)
                )
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")

    def _open_sheet(self, name: str, *, hidden: bool = False) -> IO[bytes]:
        self.sheets.append((name, hidden))
        return self.archive.open(f"xl/worksheets/sheet{len(self.sheets)}.xml", "w")

    def _write_part(self, name: str, text: str) -> None:
        self.archive.writestr(name, text)


def _render_cell(address: str, style: int, text: str) -> str:
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape_xml(text)}</t></is></c>'


def _render_heading_row(headings: Sequence[str]) -> str:
    cells = "".join(
        _render_cell(f"{get_column_letters(place)}1", HEADING_STYLE, text)
        for place, text in enumerate(headings, start=1)
    )
    return f'<row r="1">{cells}</row>'


def _render_sheet_head(columns: Sequence[SheetColumn]) -> bytes:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" style="{column.style}" customWidth="1"{hidden}/>'
        for place, column in enumerate(columns, start=1)
        for hidden in (' hidden="1"' if column.hidden else "",)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'{workbook_xml.HEAD}<worksheet xmlns="{workbook_xml.MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>"
    ).encode()
