"""The memory of the process that reads a file: little for rejected files, not much for a large table."""

import json
import subprocess
import sys

import pytest
import xlsxwriter

from crm.platform.configuration.environment import ROOT
from crm.platform.excel.reading.used_range import SheetScan, TablesScan
from tests.crm.platform.excel.workbooks import open_document, repacked, workbook
from tests.waiting import PATIENCE

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# Runs the reader as its only child, so that this process's memory doesn't count.
MEASURED = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "crm.platform.excel.reading.reader_process"], stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def read_alone(path) -> tuple[dict, float]:
    """The reader's result ({} if it was stopped) and its peak memory in MB."""
    asked = json.dumps({"path": str(path), "name": path.name})
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        input=asked.encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=PATIENCE,
    )
    *words, megabytes = done.stdout.splitlines()
    return json.loads(words[-1]) if words else {}, float(megabytes)


def sheet(*rows: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'.encode()


def with_sheet(*rows: str) -> bytes:
    plain = workbook(lambda book, sheet: sheet.write("A1", "x"))
    return repacked(plain, xl__worksheets__sheet1_dot_xml=sheet(*rows))


CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
HOSTILE = {
    "sparse.xlsx": lambda: with_sheet(
        *(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="IP{n}"><v>1</v></c></row>' for n in range(1, 100_001))
    ),
    "two-cells.xlsx": lambda: with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    ),
    # Valid XML in which the scan finds no cell.
    "hidden.xlsx": lambda: with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c ></row >', '<row r="400000"><c r="IP400000"><v>1</v></c ></row >'
    ),
    "without-addresses.xlsx": lambda: with_sheet(*["<row>" + "<c><v>1</v></c>" * 250 + "</row>"] * 50_000),
    "one-long-text.xlsx": lambda: with_sheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>', "x" * 45_000_000, "</t></is></c></row>"
    ),
    "shared-texts.xlsx": lambda: repacked(
        workbook(lambda book, sheet: sheet.write("A1", "x")),
        xl__sharedStrings_dot_xml=f'<sst xmlns="{MAIN}">'.encode()
        + b"".join(b"<si><t>%d</t></si>" % number for number in range(3_000_000))
        + b"</sst>",
    ),
    "repeated.ods": lambda: open_document(
        '<table:table-row table:number-rows-repeated="1000000">',
        CELL.replace("office", 'table:number-columns-repeated="16000" office', 1),
        "</table:table-row>",
    ),
    "two-cells.ods": lambda: open_document(
        f"<table:table-row>{CELL}</table:table-row>",
        '<table:table-row table:number-rows-repeated="1000000"/>',
        f'<table:table-row><table:table-cell table:number-columns-repeated="16000"/>{CELL}</table:table-row>',
    ),
    "commas.csv": lambda: b"," * 60_000_000,
    "one-line.csv": lambda: b"x" * 60_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.hard
def test_rejected_files_take_less_than_300_megabytes_and_end(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(HOSTILE[name]())
    word, megabytes = read_alone(path)
    assert not word or "refused" in word
    assert megabytes < 300


@pytest.mark.hard
@pytest.mark.parametrize("shared", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_a_hundred_thousand_rows_of_twelve_columns_are_read_in_less_than_400_megabytes(tmp_path, shared):
    path = tmp_path / "large.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": not shared})
    sheet = book.add_worksheet()
    for row in range(100_000):
        sheet.write_row(row, 0, [f"cell {column} of row {row}" for column in range(12)])
    book.close()
    word, megabytes = read_alone(path)
    assert word == {"end": 100_000}
    assert megabytes < 400


@pytest.mark.parametrize("portion", [7, 100, 10_000])
def test_the_measured_extent_does_not_depend_on_how_a_sheet_is_split(portion):
    rows = [
        '<row r="1"/><row r="2"><c r="A2" s="1"/><c r="AB2" s="1"/></row>',
        '<row r="3"><c r="B3"><v>1</v></c><c r="D3" t="inlineStr"><is><t>r="XFD9"</t></is></c><c r="IV3" s="2"/></row>',
        '<row r="9"><c r="AA9"><f>A1</f><v>2</v></c></row>',
    ]
    for data in (sheet(*rows), sheet(*rows).replace(b"<", b"<x:").replace(b"<x:/", b"</x:")):
        scan = SheetScan()
        for place in range(0, len(data), portion):
            scan.feed(data[place : place + portion])
        found = scan.extent
        assert (found.first, found.last, found.width, found.cells, found.area) == (3, 9, 27, 3, 7 * 27)


@pytest.mark.parametrize("portion", [7, 100, 10_000])
def test_the_extent_includes_repeated_rows_and_cells(portion):
    empty = '<table:table-cell table:number-columns-repeated="16383"/>'
    rows = [
        f"<table:table-row>{CELL}{CELL}{empty}</table:table-row>",
        '<table:table-row table:number-rows-repeated="4"><table:table-cell/></table:table-row>',
        f'<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3"/>{CELL}</table:table-row>',
        f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row></table:table>',
        f'<table:table table:name="B"><table:table-row>{CELL}</table:table-row>',
    ]
    data = "".join(rows).encode()
    scan = TablesScan()
    for place in range(0, len(data), portion):
        scan.feed(data[place : place + portion])
    first, second = scan.extents
    assert (first.first, first.last, first.width, first.cells) == (1, 7, 4, 2 + 2 * 4)
    assert second.area == 1
    assert scan.extent.area == 7 * 4 + 1


def test_a_group_of_rows_is_no_row_of_its_own():
    scan = TablesScan()
    row = f"<table:table-row>{CELL}</table:table-row>"
    scan.feed(
        f'<table:table table:name="A">{row}<table:table-row-group>{row}</table:table-row-group>'.encode()
    )
    assert scan.extents[-1].last == 2
