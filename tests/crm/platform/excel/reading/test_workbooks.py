"""Imported workbooks: each cell is read with its type and address."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest

from crm.platform.excel.reading.reader import UnreadableFile, open_file_rows
from tests.crm.platform.excel.workbooks import workbook


def test_a_workbook_is_read_cell_by_cell_with_its_row_numbers(read):
    def fill(book, sheet):
        sheet.write_row("B3", ["Name", "Phone", "Value"])
        sheet.write_row("B5", ["Ana", 40721123456, 12.5])
        sheet.write_row("B6", ["Ben", "0040 721", True])

    source, rows = read(workbook(fill), "a.XLSX")
    assert (source.kind, source.sheets, source.sheet) == ("xlsx", ["Contacts"], "Contacts")
    assert rows == {
        3: ["", "Name", "Phone", "Value"],
        5: ["", "Ana", 40721123456, 12.5],
        6: ["", "Ben", "0040 721", True],
    }


def test_dates_times_and_the_calendar_of_1904_are_read(read):
    def fill(book, sheet):
        for column, format_ in enumerate(("yyyy-mm-dd", "dd.mm.yyyy hh:mm", "hh:mm:ss", "d mmm")):
            moment = datetime(2020, 2, 29, 13, 14, 15) if column in (1, 2) else datetime(2020, 2, 29)
            value = moment.time() if column == 2 else moment
            sheet.write_datetime(0, column, value, book.add_format({"num_format": format_}))

    for options in ({}, {"date_1904": True}):
        _source, rows = read(workbook(fill, **options), "a.xlsx")
        assert rows[1] == [
            date(2020, 2, 29),
            datetime(2020, 2, 29, 13, 14, 15),
            time(13, 14, 15),
            date(2020, 2, 29),
        ]


def test_texts_stay_unchanged(read):
    texts = [
        "007",
        " spaces ",
        "=1+1",
        "tab\there",
        "two\nlines",
        "carriage\r\nreturn",
        "👍 שלום é e\u0301",
        "x" * 32_767,
    ]

    def fill(book, sheet):
        for column, text in enumerate(texts):
            sheet.write_string(0, column, text)

    assert read(workbook(fill), "a.xlsx")[1] == {1: texts}
    inline = openpyxl.Workbook(write_only=True)
    inline.create_sheet("x").append(["inline", "007"])
    file = io.BytesIO()
    inline.save(file)
    assert read(file.getvalue(), "a.xlsx")[1] == {1: ["inline", "007"]}


def test_formulas_are_read_as_their_stored_value(read):
    def fill(book, sheet):
        sheet.write_formula("A1", "=1+1", value=2)
        sheet.write_formula("B1", '="a"&"b"', value="ab")

    assert read(workbook(fill), "a.xlsx")[1] == {1: [2, "ab"]}


def test_cells_with_errors_are_found_and_not_treated_as_empty(read, tmp_path):
    def fill(book, sheet):
        sheet.write_row("A1", ["a", "b", "c"])
        sheet.write_formula("B2", "=1/0", value="#DIV/0!")
        sheet.write("A2", "x")
        sheet.write_formula("C3", "=NA()", value="#N/A")

    path = tmp_path / "errors.xlsx"
    path.write_bytes(workbook(fill))
    with open_file_rows(path, "errors.xlsx") as source:
        rows = {number: (kinds, cells) for number, kinds, cells in source.rows}
    assert rows[2] == ("se", ["x", "#DIV/0!"])
    assert rows[3] == ("sse", ["", "", "#N/A"])


def test_trailing_empty_rows_and_columns_are_dropped(read):
    def fill(book, sheet):
        sheet.write_row("A1", ["a", "b"])
        bold = book.add_format({"bold": True})
        sheet.write_blank("Z500", None, bold)
        sheet.write_string("C3", "   ")
        sheet.write_row("A4", ["x", "", "", ""])

    assert read(workbook(fill), "a.xlsx")[1] == {1: ["a", "b"], 4: ["x"]}


def test_the_first_sheet_with_content_is_read_unless_another_is_chosen(read):
    def fill(book, sheet):
        book.add_worksheet("Second").write("A1", "two")
        book.add_worksheet("Third").write("A1", "three")
        hidden = book.add_worksheet("Hidden")
        hidden.write("A1", "secret")
        hidden.hide()

    data = workbook(fill)
    source, rows = read(data, "a.xlsx")
    assert (source.sheets, source.sheet, rows) == (["Contacts", "Second", "Third"], "Second", {1: ["two"]})
    assert read(data, "a.xlsx", sheet="Third")[1] == {1: ["three"]}
    with pytest.raises(UnreadableFile, match="The file doesn’t contain the sheet “"):
        read(data, "a.xlsx", sheet="Hidden")


def test_a_merged_header_is_in_its_first_cell(read):
    def fill(book, sheet):
        sheet.merge_range("A1:C1", "Person")
        sheet.write_row("A2", ["a", "b", "c"])

    assert read(workbook(fill), "a.xlsx")[1] == {1: ["Person"], 2: ["a", "b", "c"]}
