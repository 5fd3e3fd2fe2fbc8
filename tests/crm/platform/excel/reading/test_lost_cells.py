"""Cells that the reading library returns as empty: formulas without a value, errors, characters databases can't store."""

import io

import openpyxl
import pytest

from crm.platform.excel.reading.reader import open_file_rows
from tests.crm.platform.excel.workbooks import repacked, workbook


def cells_of(tmp_path, data: bytes, name="a.xlsx") -> dict:
    path = tmp_path / "upload"
    path.write_bytes(data)
    with open_file_rows(path, name) as source:
        return {number: (kinds, cells) for number, kinds, cells in source.rows}


def with_openpyxl(rows) -> bytes:
    """It stores no value with a formula."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_formula_without_a_stored_value_is_not_an_empty_cell(tmp_path):
    data = with_openpyxl([["Name", "City"], ['=UPPER("x") & "<y>"', "Arad"], ["=A1"], [None, None, "=1+1"]])
    assert cells_of(tmp_path, data) == {
        1: ("", ["Name", "City"]),
        2: ("fs", ['=UPPER("x") & "<y>"', "Arad"]),
        3: ("f", ["=A1"]),
        4: ("ssf", ["", "", "=1+1"]),
    }


def test_formula_only_rows_at_the_end_of_a_sheet_are_not_lost(tmp_path):
    data = with_openpyxl([["Name"], ["Ana"], [], ["=A2"], ["=A4"]])
    assert list(cells_of(tmp_path, data)) == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (b'<c r="B2"><f>A1</f></c>', ("sf", ["x", "=A1"])),
        (b'<c r="B2"><f>A1</f><v/></c>', ("sf", ["x", "=A1"])),
        (b'<c r="B2" s="0"><f t="shared" si="0"/></c>', ("sf", ["x", "="])),
        (b'<c r="B2" t="str"><f>A1</f></c>', ("sf", ["x", "=A1"])),
        # A formula whose result is an empty text has a value.
        (b'<c r="B2" t="str"><f>A1</f><v></v></c>', ("", ["x"])),
        (b'<c r="B2" t="str"><f>A1</f><v>y</v></c>', ("", ["x", "y"])),
        (b'<c r="B2"><f>A1</f><v>0</v></c>', ("sn", ["x", "0"])),
        (b'<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', ("se", ["x", "#DIV/0!"])),
    ],
)
def test_only_formulas_without_a_stored_value_are_reported(tmp_path, cell, expected):
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c>' + cell + b"</row></sheetData></worksheet>"
    )
    data = repacked(
        workbook(lambda book, sheet: sheet.write("A1", "x")), xl__worksheets__sheet1_dot_xml=sheet
    )
    assert cells_of(tmp_path, data)[2] == expected


def test_all_formulas_without_values_are_found_however_the_part_is_split(tmp_path):
    rows = [["Name", "City"], *([f'="row {number}"', "Arad " * 20] for number in range(20_000))]
    found = cells_of(tmp_path, with_openpyxl(rows))
    assert sum(kinds == "fs" for kinds, _cells in found.values()) == 20_000


def test_the_character_that_no_database_stores_is_dropped(tmp_path):
    data = workbook(lambda book, sheet: sheet.write_row("A1", ["x"]))
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    )
    sheet += b'<c r="A1" t="inlineStr"><is><t>Na_x0000_me</t></is></c></row></sheetData></worksheet>'
    assert cells_of(tmp_path, repacked(data, xl__worksheets__sheet1_dot_xml=sheet)) == {1: ("", ["Name"])}
