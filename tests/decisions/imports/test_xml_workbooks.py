"""How a workbook that is one XML file, as Excel 2003 writes it, is read as rows."""

from datetime import date, datetime, time

import pytest

from crm.platform.excel.reading import xml_rows
from crm.platform.excel.reading.xml_rows import read_value, read_xml_rows

VALUES = {
    "a text": ("String", " Ana ", " Ana "),
    "a number in a text": ("String", "007", "007"),
    "a whole number": ("Number", "40722111222", 40722111222),
    "a whole number with decimals": ("Number", "12.0", 12),
    "decimals": ("Number", " 1250.5 ", 1250.5),
    "a negative number": ("Number", "-3", -3),
    "a short number": ("Number", "1.5E3", 1500),
    "a number that is none": ("Number", "12,5", "12,5"),
    "an endless number": ("Number", "inf", "inf"),
    "no number": ("Number", "", ""),
    "a day": ("DateTime", "2026-05-01T00:00:00.000", date(2026, 5, 1)),
    "a day and a time": ("DateTime", "2026-05-01T13:05:00", datetime(2026, 5, 1, 13, 5)),
    "a time": ("DateTime", "1899-12-31T13:05:00.000", time(13, 5)),
    "the first day": ("DateTime", "1900-01-01T00:00:00", date(1900, 1, 1)),
    "a day that doesn't exist": ("DateTime", "2026-02-31T00:00:00", "2026-02-31T00:00:00"),
    "a day in words": ("DateTime", "yesterday", "yesterday"),
    "yes": ("Boolean", "1", True),
    "no": ("Boolean", "0", False),
    "neither": ("Boolean", "x", "x"),
    "an error": ("Error", "#DIV/0!", "#DIV/0!"),
    "another type": ("Picture", "x", "x"),
}


@pytest.mark.parametrize(("type", "text", "value"), VALUES.values(), ids=VALUES)
def test_the_value_of_a_cell(type, text, value):
    read = read_value(type, text)
    assert (read, read.__class__) == (value, value.__class__)


HEAD = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Styles><Style ss:ID="s1"><NumberFormat ss:Format="0000000000"/></Style><Style ss:ID="s2"><NumberFormat ss:Format="0.00"/>'
    "</Style></Styles>"
)


def sheet(table: str, name: str = "S", visible: str = "") -> str:
    options = f"<WorksheetOptions><Visible>{visible}</Visible></WorksheetOptions>" if visible else ""
    return f'<Worksheet ss:Name="{name}"><Table>{table}</Table>{options}</Worksheet>'


def book(table: str) -> str:
    return f"{HEAD}{sheet(table)}</Workbook>"


def data(value: str, type: str = "String", **attributes: str) -> str:
    told = "".join(f' ss:{name}="{text}"' for name, text in attributes.items())
    return f'<Cell{told}><Data ss:Type="{type}">{value}</Data></Cell>'


ANA, CITY = data("Ana"), data("Cluj")
TABLES = {
    "a table": (f"<Row>{ANA}{CITY}</Row><Row>{CITY}</Row>", {1: ["Ana", "Cluj"], 2: ["Cluj"]}),
    "rows that are skipped": (f'<Row ss:Index="3">{ANA}</Row><Row>{CITY}</Row>', {3: ["Ana"], 4: ["Cluj"]}),
    "rows with one format": (f'<Row ss:Span="2"/><Row>{ANA}</Row>', {1: [], 4: ["Ana"]}),
    "a row that was there": (f'<Row>{ANA}</Row><Row ss:Index="1">{CITY}</Row>', {1: ["Ana"], 2: ["Cluj"]}),
    "cells that are skipped": (f"<Row>{data('Ana', Index='3')}{CITY}</Row>", {1: ["", "", "Ana", "Cluj"]}),
    "merged cells": (f"<Row>{data('Ana', MergeAcross='1')}{CITY}</Row>", {1: ["Ana", "", "Cluj"]}),
    "cells with only a format": (f'<Row><Cell ss:StyleID="s1"/>{CITY}<Cell ss:Index="999"/></Row>', {1: ["", "Cluj"]}),
    "places that are no numbers": (f'<Row ss:Index="x">{data("Ana", Index="-1")}</Row>', {1: ["Ana"]}),
    "a text with marks": (
        '<Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>Ana</B> <Font>Pop</Font></ss:Data></Cell></Row>',
        {1: ["Ana Pop"]},
    ),
    "a comment": (
        f'<Row><Cell><Data ss:Type="String">Ana</Data><Comment ss:Author="Dan"><ss:Data>Call <B>her</B></ss:Data></Comment></Cell>{CITY}</Row>',
        {1: ["Ana", "Cluj"]},
    ),
    "entities and line breaks": (f"<Row>{data('Pop &amp; Rus&#10;&#536;')}</Row>", {1: ["Pop & Rus\nȘ"]}),
    "a number with zeros before it": (f"<Row>{data('722111222', 'Number', StyleID='s1')}</Row>", {1: ["0722111222"]}),
    "a number with decimals": (f"<Row>{data('7', 'Number', StyleID='s2')}</Row>", {1: [7]}),
    "yes in that format": (f"<Row>{data('1', 'Boolean', StyleID='s1')}</Row>", {1: [True]}),
    "a formula": (f"<Row>{data('3', 'Number', Formula='=1+2')}</Row>", {1: [3]}),
    "a formula without a value": (f'<Row>{ANA}<Cell ss:Formula="=RC[1]"/></Row>', {1: ["Ana", "=RC[1]"]}),
    "a formula that returned nothing": (f"<Row>{data('', Formula='=RC[1]')}{ANA}</Row>", {1: ["", "Ana"]}),
    "no rows within rows": (f"<Row>{ANA}<Row>{CITY}</Row></Row>", {2: ["Cluj"]}),
    "cells outside of rows": (f"{ANA}<Row>{CITY}</Row>", {1: ["Cluj"]}),
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    """read(text, sheet): what is told of a file, and its rows by number."""

    def run(text: str | bytes, wanted: str = ""):
        path = tmp_path / "a.xml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        told, rows = read_xml_rows(path, wanted)
        return told, dict(rows)

    return run


@pytest.mark.parametrize(("table", "rows"), TABLES.values(), ids=TABLES)
def test_the_rows_of_a_sheet(read, monkeypatch, table, rows):
    for portion in (xml_rows.PORTION, 7):
        monkeypatch.setattr(xml_rows, "PORTION", portion)
        assert read(book(table))[1] == rows


ROW = f"<Row>{ANA}</Row>"
BOOK = f"{HEAD}{sheet('', 'Empty')}{sheet(ROW, 'Secret', 'SheetHidden')}{sheet(ROW, 'Leads')}{sheet(f'<Row>{CITY}</Row>' * 2, 'Cities')}</Workbook>"


def test_the_first_visible_sheet_with_rows_is_read_unless_another_is_asked_for(read):
    told, rows = read(BOOK)
    assert (told["sheets"], told["sheet"], told["about"]) == (["Empty", "Leads", "Cities"], "Leads", 1)
    assert rows == {1: ["Ana"]}
    assert read(BOOK, "Cities")[1] == {1: ["Cluj"], 2: ["Cluj"]}


def test_of_two_sheets_with_one_name_the_first_is_read(read):
    assert read(f"{HEAD}{sheet(ROW)}{sheet(f'<Row>{CITY}</Row>')}</Workbook>")[1] == {1: ["Ana"]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1250"])
def test_a_file_is_read_in_the_encoding_that_it_names(read, encoding):
    name = {"cp1250": "windows-1250", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    head = HEAD.replace('"1.0"', f'"1.0" encoding="{name}"')
    text = book(f"<Row>{data('Ţuţu')}</Row>").replace(HEAD, head)
    assert read(text.encode(encoding))[1] == {1: ["Ţuţu"]}


def test_empty_lines_before_the_declaration_and_any_prefix_are_read(read):
    text = f"\n\n {book(ROW)}".replace("ss:", "table:").replace("xmlns:ss", "xmlns:table")
    assert read(text)[1] == {1: ["Ana"]}
