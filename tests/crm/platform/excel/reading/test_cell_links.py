"""Cells that lead to an address: read with it from workbooks and pages, however the file writes it."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from crm.platform.excel.reading import cell_links, limits
from crm.platform.excel.reading.cell_links import find_cell_links
from crm.platform.excel.reading.reader import open_file_rows
from tests.crm.platform.excel.workbooks import repacked, workbook

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
