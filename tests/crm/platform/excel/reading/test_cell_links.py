"""Cells that lead to an address: read with it from workbooks and pages, however the file writes it."""

import io
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape as escape_text

import openpyxl
import pytest

from crm.platform.excel.reading import cell_links, limits
from crm.platform.excel.reading.cell_links import find_cell_links
from crm.platform.excel.reading.document_links import find_document_links
from crm.platform.excel.reading.reader import open_file_rows
from tests.crm.platform.excel.workbooks import open_document, repacked, workbook


def escape(text: str) -> str:
    return escape_text(text, {'"': "&quot;"})


MAIL, SITE = "mailto:ana@example.com", "https://omnia.example/?a=1&b=2"


def links_of(tmp_path, data: bytes, name="a.xlsx") -> dict[int, dict[str, str]]:
    """The texts that lead elsewhere and their targets, by row."""
    path = tmp_path / "upload"
    path.write_bytes(data)
    with open_file_rows(path, name) as source:
        return {
            number: {str(cell): cell.target for cell in cells if isinstance(cell, cell_links.LinkedText)}
            for number, _kinds, cells in source.rows
        }


def with_openpyxl(fill: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_links_of_a_workbook_are_read_with_their_texts(tmp_path):
    def fill(sheet):
        sheet["B2"], sheet["C2"], sheet["D2"] = "Email", "Visit", "Sheet2"
        sheet["B2"].hyperlink, sheet["C2"].hyperlink = f"{MAIL}?subject=Hello", SITE
        sheet["D2"].hyperlink = "#Sheet2!A1"
        sheet["B3"], sheet["C3"], sheet["B4"] = "dan@example.com", 7, "Email"
        sheet["B3"].hyperlink, sheet["C3"].hyperlink = "mailto:dan@example.com", SITE

    assert links_of(tmp_path, with_openpyxl(fill)) == {2: {"Email": MAIL, "Visit": SITE}, 3: {}, 4: {}}


FORMULAS = {
    "with its text": (f'=HYPERLINK("{MAIL}","Email")', {"Email": MAIL}),
    "with semicolons": (f'=HYPERLINK("{SITE}";"Visit")', {"Visit": SITE}),
    "an address put together": ('=HYPERLINK("mailto:"&A1,"Email")', {}),
    "only the address": (f'=HYPERLINK("{MAIL}")', {}),
    "a text put together": (f'=HYPERLINK("{MAIL}",A1&"x")', {}),
    "another formula": ('=UPPER("https://example.com")', {}),
}


@pytest.mark.parametrize(("formula", "found"), FORMULAS.values(), ids=FORMULAS)
def test_links_in_formulas_that_no_program_has_calculated(tmp_path, formula, found):
    data = with_openpyxl(lambda sheet: sheet.append(["x", formula]))
    assert links_of(tmp_path, data)[1] == found


def test_a_formula_with_only_an_address_is_read_as_the_address(read):
    _source, rows = read(with_openpyxl(lambda sheet: sheet.append(["x", f'=HYPERLINK("{MAIL}")'])), "a.xlsx")
    assert rows[1] == ["x", "ana@example.com"]


def test_links_of_a_calculated_workbook_with_prefixes_are_read(tmp_path):
    sheet = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
        b'openxmlformats.org/officeDocument/2006/relationships"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:f>HYPERLINK('
        b'&quot;https://omnia.example/?a=1&amp;b=2&quot;,&quot;Visit&quot;)</x:f><x:v>Visit</x:v></x:c><x:c r="B1" t="str">'
        b'<x:v>Email</x:v></x:c></x:row></x:sheetData><x:hyperlinks><x:hyperlink r:id="a1" ref="B1:C1"/></x:hyperlinks></x:worksheet>'
    )
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship TargetMode="External" '
        b'Target="mailto:ana@example.com" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Id="a1"/>'
        b"</Relationships>"
    )
    plain = with_openpyxl(lambda sheet: setattr(sheet["A1"], "hyperlink", SITE))
    data = repacked(
        plain,
        xl__worksheets__sheet1_dot_xml=sheet,
        xl__worksheets___rels__sheet1_dot_xml_dot_rels=relations,
    )
    assert links_of(tmp_path, data) == {1: {"Visit": SITE, "Email": MAIL}}


def test_all_links_are_found_however_the_parts_are_split(tmp_path):
    def fill(sheet):
        for number in range(1, 6_001):
            sheet.append([f"Name {number}", "Visit"])
            sheet.cell(number, 2).hyperlink = f"https://site{number}.example/"

    found = links_of(tmp_path, with_openpyxl(fill))
    assert found == {number: {"Visit": f"https://site{number}.example/"} for number in range(1, 6_001)}


def test_a_sheet_without_links_is_not_looked_through(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(lambda book, sheet: sheet.write_row("A1", ["Ana", "Visit"])))
    monkeypatch.setattr(cell_links, "read_portions", None)
    assert find_cell_links(path, "xl/worksheets/sheet1.xml", formulas=False) == {}


def test_no_more_links_are_kept_than_the_limit(tmp_path, monkeypatch):
    def fill(sheet):
        for number in range(1, 6):
            sheet.append(["Visit", f'=HYPERLINK("{SITE}","Visit")'])
            sheet.cell(number, 1).hyperlink = SITE

    path = tmp_path / "a.xlsx"
    path.write_bytes(with_openpyxl(fill))
    for most in (3, 5, 7):
        monkeypatch.setattr(limits, "LINKS", most)
        found = find_cell_links(path, "xl/worksheets/sheet1.xml", formulas=True)
        assert sum(map(len, found.values())) == most


def test_links_of_a_page_called_xls_are_read(tmp_path):
    page = (
        f'<table><tr><td><a href="{MAIL}">Email</a><td><a name=x><b>Visit</b></a><td><a href="{SITE}">Visit</a> us '
        f'<a href="https://other.example">there</a><td>Plain</tr></table><a href="{SITE}">Outside</a>'
    )
    assert links_of(tmp_path, page.encode(), "a.xls") == {1: {"Email": MAIL, "Visit us there": SITE}}


RANGES = {
    "some rows of a column": ("B2:B4", {2: ["B"], 3: ["B"], 4: ["B"]}),
    "some rows and columns": ("A3:B4", {3: ["A", "B"], 4: ["A", "B"]}),
    "one cell": ("B3", {3: ["B"]}),
    "a whole column, of which only the first cell counts": ("B1:B1048576", {1: ["B"]}),
    "all of a sheet": ("A1:XFD1048576", {1: ["A"]}),
    "the other way round": ("B4:A2", {}),
}


@pytest.mark.parametrize(("reference", "found"), RANGES.values(), ids=RANGES)
def test_a_link_of_several_cells_is_that_of_each(tmp_path, reference, found):
    def fill(sheet):
        for _number in range(5):
            sheet.append(["A", "B"])
        sheet["A1"].hyperlink = SITE
        sheet["A1"].hyperlink.ref = reference

    rows = links_of(tmp_path, with_openpyxl(fill))
    assert {number: list(row) for number, row in rows.items() if row} == found


def test_the_largest_link_of_several_cells_is_read_whole(tmp_path, monkeypatch):
    def fill(sheet):
        for _number in range(5):
            sheet.append(["A", "B"])
        sheet["A1"].hyperlink = SITE
        sheet["A1"].hyperlink.ref = "A1:B3"

    for most, count in ((6, 6), (5, 1)):
        monkeypatch.setattr(cell_links, "MOST_OF_A_LINK", most)
        path = tmp_path / "a.xlsx"
        path.write_bytes(with_openpyxl(fill))
        found = find_cell_links(path, "xl/worksheets/sheet1.xml", formulas=False)
        assert sum(map(len, found.values())) == count


def link(target: str, text: str) -> str:
    return f'<text:p><text:a xlink:href="{escape(target)}" xlink:type="simple">{text}</text:a></text:p>'


def cell(inner: str, **attributes: Any) -> str:
    told = "".join(
        f' table:{name.replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items()
    )
    return f'<table:table-cell office:value-type="string"{told}>{inner}</table:table-cell>'


def row(*cells: str, times: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(cells)}</table:table-row>"


EMPTY_ROW = '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3"/></table:table-row>'
COVERED = '<table:covered-table-cell table:number-columns-repeated="2"/>'
PLAIN = cell("<text:p>Plain</text:p>")
# The rows of an .ods file, and the texts that lead somewhere by row.
DOCUMENTS = {
    "links with their texts": (
        [row(PLAIN, cell(link(f"{MAIL}?subject=Hi", "Email")), cell(link(SITE, "Visit")))],
        {1: {"Email": MAIL, "Visit": SITE}},
    ),
    "below empty rows, beside repeated and covered cells": (
        [EMPTY_ROW, row(cell("<text:p>x</text:p>", number_columns_repeated=2), COVERED, cell(link(SITE, "Visit")))],
        {3: {"Visit": SITE}},
    ),
    "below rows without an end": (
        [row(PLAIN), '<table:table-row/>', row(cell(link(SITE, "Visit")))], {3: {"Visit": SITE}},
    ),
    "in repeated cells": ([row(cell(link(SITE, "Visit"), number_columns_repeated=2), times=2)], {1: {"Visit": SITE}, 2: {"Visit": SITE}}),
    "a text with two links has the first one": (
        [row(cell(link(SITE, "Visit") + link(MAIL, "Email")))], {1: {"Visit\nEmail": SITE}},
    ),
    "the text is the address": ([row(cell(link("mailto:ana@example.com", "ana@example.com")))], {}),
    "a place in the file": ([row(cell(link("#Sheet2.A1", "Email")))], {}),
    "a formula": (
        [row(cell("<text:p>Email</text:p>", formula=f'of:=HYPERLINK("{MAIL}";"Email")'))], {1: {"Email": MAIL}},
    ),
    "a formula with another function": (
        [row(cell("<text:p>Email</text:p>", formula=f'of:=LEN(HYPERLINK("{MAIL}";"Email"))'))], {},
    ),
    "rows in groups": (
        [f"<table:table-header-rows>{row(PLAIN)}</table:table-header-rows><table:table-row-group>", row(cell(link(SITE, "Visit"))),
         "</table:table-row-group>"],
        {2: {"Visit": SITE}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "found"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_links_of_a_document_are_read_with_their_texts(tmp_path, rows, found):
    read = links_of(tmp_path, open_document(*rows), "a.ods")
    assert {number: row for number, row in read.items() if row} == found


def test_links_of_another_sheet_of_a_document_are_not_read(tmp_path):
    second = f'</table:table><table:table table:name="B &amp; C">{row(PLAIN)}{row(cell(link(SITE, "Visit")))}'
    data = open_document(row(cell(link(MAIL, "Email"))), row(PLAIN), second)
    assert links_of(tmp_path, data, "a.ods") == {1: {"Email": MAIL}, 2: {}}
    path = tmp_path / "upload"
    with open_file_rows(path, "a.ods", sheet="B & C") as source:
        assert [cells for _number, _kinds, cells in source.rows] == [["Plain"], ["Visit"]]
    assert find_document_links(path, "B & C") == {2: {0: SITE}}
    assert find_document_links(path, "C") == {}


def test_all_links_of_a_document_are_found_however_its_part_is_split(tmp_path):
    rows = [row(PLAIN, cell(link(f"https://site{number}.example/", "Visit"))) for number in range(6_000)]
    found = links_of(tmp_path, open_document(*rows), "a.ods")
    assert found == {number + 1: {"Visit": f"https://site{number}.example/"} for number in range(6_000)}


def test_repeated_links_of_a_document_are_kept_up_to_the_limit(tmp_path, monkeypatch):
    path = tmp_path / "a.ods"
    path.write_bytes(
        open_document(row(cell(link(SITE, "Visit")), times=1_048_576), row(cell(link(MAIL, "Email"))))
    )
    assert find_document_links(path, "A") == {1: {0: SITE}, 1_048_577: {0: MAIL}}
    monkeypatch.setattr(limits, "LINKS", 1)
    assert find_document_links(path, "A") == {1: {0: SITE}, 1_048_577: {}}


def test_a_document_without_links_is_not_looked_through(tmp_path, monkeypatch):
    monkeypatch.setattr("crm.platform.excel.reading.document_links.read_portions", None)
    assert links_of(tmp_path, open_document(row(PLAIN)), "a.ods") == {1: {}}
