"""The workbooks we write, read back by openpyxl and calamine."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from crm.platform.excel.writing.cell_values import (
    CELL_CHARACTERS,
    CellKind,
    SheetColumn,
    get_column_letters,
    truncate_to_cell,
)
from crm.platform.excel.writing.workbook_writer import Workbook

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NASTY = [
    "=1+1",
    "+40 721 000 111",
    "-1",
    "@SUM(A1)",
    "007",
    "012345678901234567890",
    "1E5",
    "2026-01-02",
    "TRUE",
    "#N/A",
    "first\nsecond",
    "tab\there",
    " spaces around ",
    "\u00a0no-break\u00a0",
    "a & b < c > d \"quoted\" 'so'",
    "]]> <!-- -->",
    "_x41_",
    "delete \x7f",
    "Ștefan Țepeș, Łódź, 李明, Ωmega",
    "שלום עולם",
    "👩‍👩‍👧‍👦 and é as e\u0301",
    "'quoted",
    "x" * CELL_CHARACTERS,
]
# Excel, LibreOffice and calamine read `_x0007_` as the character; openpyxl leaves it unchanged.
ESCAPED = ["_x0041_ stays", "bell\x07 and \x1b escape", "carriage\r\nreturn"]


def write(columns, rows, **keywords) -> bytes:
    file = io.BytesIO()
    with Workbook(file, title="Leads", creator="Ann <Keller>", created=NOW) as workbook:
        workbook.write_table("Leads", columns, rows, **keywords)
    return file.getvalue()


def read_openpyxl(data: bytes, sheet: str = "Leads") -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True))


def read_calamine(data: bytes, sheet: str = "Leads") -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()


def test_every_text_round_trips():
    data = write([SheetColumn("Text")], [(text,) for text in NASTY + ESCAPED])
    assert [text for (text,) in read_openpyxl(data)[1:-3]] == NASTY
    assert [text for (text,) in read_calamine(data)[1:]] == NASTY + ESCAPED


def test_characters_invalid_in_xml_are_dropped():
    data = write([SheetColumn("Text")], [("noncharacters \ufffe\uffff",)])
    assert read_calamine(data)[1] == ["noncharacters "]


def test_a_file_whose_rows_were_aborted_does_not_look_complete():
    def rows():
        yield ("one",)
        raise OSError("gone")

    file = io.BytesIO()
    with pytest.raises(OSError, match="gone"), Workbook(file, title="", creator="", created=NOW) as workbook:
        workbook.write_table("Leads", [SheetColumn("Text")], rows())
    del workbook
    assert not zipfile.is_zipfile(io.BytesIO(file.getvalue()))


def test_no_cell_is_a_formula():
    data = write([SheetColumn("Text")], [(text,) for text in NASTY])
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Leads"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_text_columns_have_the_format_text_so_that_typed_zeros_stay():
    data = write([SheetColumn("Zip"), SheetColumn("Value", CellKind.NUMBER)], [("01234", Decimal(1))])
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Leads"]
    assert sheet["A2"].number_format == "@"
    assert sheet.column_dimensions["A"].width == 16
    assert sheet["B2"].number_format == "General"


def test_numbers_dates_and_times_keep_their_types():
    columns = [
        SheetColumn("Value", CellKind.NUMBER),
        SheetColumn("Day", CellKind.DATE),
        SheetColumn("Added", CellKind.MOMENT),
    ]
    rows = [
        (Decimal("1234.50"), date(2026, 3, 1), datetime(2026, 3, 1, 17, 45, 59)),
        (None, None, None),
        (0, "", ""),
    ]
    found = read_openpyxl(write(columns, rows))
    assert found[1] == (1234.5, datetime(2026, 3, 1), datetime(2026, 3, 1, 17, 45, 59))
    assert found[2:] == [(None, None, None), (0, None, None)]


def test_a_date_before_excels_calendar_is_written_as_text():
    columns = [SheetColumn("Day", CellKind.DATE), SheetColumn("Added", CellKind.MOMENT)]
    rows = [(date(1899, 5, 6), datetime(1850, 1, 2, 3, 4)), (date(1900, 3, 1), datetime(1900, 3, 1))]
    found = read_openpyxl(write(columns, rows))
    assert found[1] == ("1899-05-06", "1850-01-02 03:04")
    assert found[2] == (datetime(1900, 3, 1), datetime(1900, 3, 1))


def test_the_header_is_frozen_and_filterable_and_hidden_columns_are_hidden():
    columns = [SheetColumn("Lead id", hidden=True), SheetColumn("Name", width=30)]
    sheet = openpyxl.load_workbook(io.BytesIO(write(columns, [("1", "Ana"), ("2", "Ben")])))["Leads"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet.column_dimensions["A"].hidden
    assert not sheet.column_dimensions["B"].hidden
    assert sheet["A1"].font.bold


def test_choices_become_a_drop_down_from_a_hidden_sheet():
    choices = ("New", "Won, at last", 'With "quotes" & <signs>')
    columns = [
        SheetColumn("Name"),
        SheetColumn("Status", choices=choices),
        SheetColumn("Other", choices=choices),
    ]
    workbook = openpyxl.load_workbook(io.BytesIO(write(columns, [("Ana", "New", "")])))
    validations = workbook["Leads"].data_validations.dataValidation
    assert [(str(v.sqref), v.formula1) for v in validations] == [
        ("B2:B1002", "Choices!$A$1:$A$3"),
        ("C2:C1002", "Choices!$A$1:$A$3"),
    ]
    assert not any(v.showErrorMessage for v in validations)
    assert workbook["Choices"].sheet_state == "hidden"
    assert tuple(row[0] for row in workbook["Choices"].iter_rows(values_only=True)) == choices


def test_rows_beyond_the_limit_of_a_sheet_continue_in_the_next_one():
    data = write([SheetColumn("Number")], [(str(number),) for number in range(25)], most_rows=11)
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    assert workbook.sheetnames == ["Leads", "Leads 2", "Leads 3"]
    assert [len(read_openpyxl(data, name)) - 1 for name in workbook.sheetnames] == [10, 10, 5]
    assert {read_openpyxl(data, name)[0] for name in workbook.sheetnames} == {("Number",)}
    exactly = write([SheetColumn("Number")], [(str(number),) for number in range(10)], most_rows=11)
    assert openpyxl.load_workbook(io.BytesIO(exactly)).sheetnames == ["Leads"]


def test_no_rows_make_an_empty_table():
    assert read_openpyxl(write([SheetColumn("Name"), SheetColumn("City")], [])) == [("Name", "City")]


def test_texts_longer_than_a_cell_are_cut_and_counted():
    file = io.BytesIO()
    with Workbook(file, title="", creator="", created=NOW) as workbook:
        workbook.write_table("Leads", [SheetColumn("Text")], [("é" * 40_000,), ("👍" * 20_000,), ("short",)])
    assert workbook.cut_cells == 2
    texts = [text for (text,) in read_openpyxl(file.getvalue())[1:]]
    assert texts == ["é" * CELL_CHARACTERS, "👍" * (CELL_CHARACTERS // 2), "short"]


def test_the_length_of_a_cell_is_counted_as_excel_counts_it():
    assert truncate_to_cell("x" * CELL_CHARACTERS) == "x" * CELL_CHARACTERS
    assert truncate_to_cell("x" * (CELL_CHARACTERS + 1)) == "x" * CELL_CHARACTERS
    assert len(truncate_to_cell("👍" * CELL_CHARACTERS)) == CELL_CHARACTERS // 2


def test_the_notes_describe_the_file():
    file = io.BytesIO()
    with Workbook(file, title="Leads of <Ann>", creator="Ann & Co", created=NOW) as workbook:
        workbook.write_notes("About", [("Matched", "4,213"), ("Filter", "status <New>\nand more")])
    document = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    assert list(document["About"].iter_rows(values_only=True)) == [
        ("Matched", "4,213"),
        ("Filter", "status <New>\nand more"),
    ]
    assert (document.properties.title, document.properties.creator) == ("Leads of <Ann>", "Ann & Co")
    assert document.properties.created == datetime(2026, 11, 20, 9, 30)


class Pipe(io.RawIOBase):
    """A file that can only be written forwards."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.data += data
        return len(data)


def test_the_first_bytes_come_before_the_first_row_and_memory_stays_small():
    pipe = Pipe()
    seen = []

    def rows():
        for number in range(30_000):
            seen.append(len(pipe.data))
            yield (f"row {number} {number * 7919 % 10007}",)

    with Workbook(pipe, title="", creator="", created=NOW) as workbook:
        assert workbook.write_table("Leads", [SheetColumn("Text")], rows()) == 30_000
    assert seen[0] > 500
    assert seen[15_000] > len(pipe.data) / 3
    assert len(read_calamine(bytes(pipe.data))) == 30_001


def test_columns_are_named_as_excel_names_them():
    assert [get_column_letters(number) for number in (1, 26, 27, 52, 703, 16_384)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "AAA",
        "XFD",
    ]
