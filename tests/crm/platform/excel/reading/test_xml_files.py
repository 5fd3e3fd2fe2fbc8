"""Workbooks that are one XML file, called .xml or .xls, and XML files of other programs."""

import pytest

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.cell_links import LinkedText
from crm.platform.excel.reading.file_inspection import RefusedFile
from crm.platform.excel.reading.unreadable_cells import UncalculatedFormula
from crm.platform.excel.reading.xml_rows import read_xml_rows
from tests.crm.platform.excel.workbooks import refusal
from tests.decisions.imports.test_xml_workbooks import ANA, BOOK, HEAD, ROW, book, data, sheet

FILE = """<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Worksheet ss:Name="Clienți"><ss:Table>
<ss:Row><ss:Cell><ss:Data ss:Type="String">Nume</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="String">Valoare</ss:Data></ss:Cell></ss:Row>
{}</ss:Table></ss:Worksheet></ss:Workbook>"""
LINE = '<ss:Row><ss:Cell><ss:Data ss:Type="String">Ștefan</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="Number">12.5</ss:Data></ss:Cell></ss:Row>'


@pytest.mark.parametrize("name", ["a.xml", "A.XLS"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_xml_workbook_is_read_with_its_sheets(read, name, encoding):
    text = FILE.format(LINE).replace("UTF-8", encoding.removesuffix("-sig"))
    source, rows = read(text.encode(encoding), name)
    assert (source.kind, source.sheets, source.sheet) == ("xml", ["Clienți"], "Clienți")
    assert rows == {1: ["Nume", "Valoare"], 2: ["Ștefan", 12.5]}


def test_an_xml_workbook_with_another_name_is_refused_as_what_it_is(read):
    assert "(an XML workbook of Excel 2003, .xml)" in refusal(read, FILE.format(LINE).encode(), "a.csv")


OTHERS = {
    "another XML": b'<?xml version="1.0"?><clients><client name="Ana"/></clients>',
    "a page": b"<html><table><tr><td>Ana</table></html>",
    "a text": b"Name;City",
}


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_other_files_called_xml_are_refused(read, content):
    assert "This file type can’t be imported." in refusal(read, content, "a.xml")


def test_a_page_that_names_the_spreadsheet_of_excel_is_still_a_page(read):
    page = '<html xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><table><tr><td>Ana</table></html>'
    source, rows = read(page.encode(), "a.xls")
    assert (source.kind, rows) == ("html", {1: ["Ana"]})


def test_an_xml_workbook_has_the_limits_of_other_files(read):
    assert "more than 500,000 rows" in refusal(
        read, FILE.format('<ss:Row ss:Index="600000"/>').encode(), "a.xml"
    )
    bomb = FILE.format("<ss:Row><ss:Cell><ss:Data>&b;</ss:Data></ss:Cell></ss:Row>").replace(
        "<ss:Workbook", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><ss:Workbook'
    )
    assert "XML entities" in refusal(read, bomb.encode(), "a.xls")


def test_a_formula_without_a_value_and_a_link_are_known_as_such(tmp_path):
    table = f'<Row><Cell ss:Formula="=RC[1]"/>{data("Email", HRef="mailto:ana@example.com")}'
    table += f"{data('Site', Formula='=HYPERLINK(&quot;https://x.example&quot;,&quot;Site&quot;)')}</Row>"
    path = tmp_path / "a.xml"
    path.write_text(book(table))
    ((_number, (formula, email, site)),) = read_xml_rows(path, "")[1]
    assert isinstance(formula, UncalculatedFormula)
    assert isinstance(email, LinkedText)
    assert (email.target, site.target) == ("mailto:ana@example.com", "https://x.example")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
REFUSED = {
    "entities": (HEAD.replace("?>\n<W", f"?>\n{BOMB}<W") + sheet(f"<Row>{data('&b;')}</Row>") + "</Workbook>", "suspicious"),
    "entities far behind the beginning": ("<?xml version='1.0'?>" + " " * 300_000 + BOMB + "<Workbook/>", "suspicious"),
    "a file without an end": (f"{HEAD}{sheet(ROW)}", "broken"),
    "no XML": (book(f"<Row>{data('a & b')}</Row>"), "broken"),
    "an unknown encoding": (book(ROW).replace('"1.0"', '"1.0" encoding="klingon"'), "broken"),
    "no sheets": (f"{HEAD}</Workbook>", "broken"),
    "no rows": (book("<Row><Cell/></Row>"), "no_rows"),
    "too many sheets": (HEAD + "".join(sheet(ROW, f"S{number}") for number in range(limits.SHEETS + 1)) + "</Workbook>", "sheets"),
    "a row far down": (book(f'<Row ss:Index="99999999999">{ANA}</Row>'), "rows"),
    "a cell far to the right": (book(f"<Row>{data('Ana', Index='251')}</Row>"), "columns"),
    "an endless text": (book(f"<Row>{data('x' * (limits.CELL_CHARACTERS + 1))}</Row>"), "cell"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_refused(tmp_path, text, code):
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(RefusedFile) as refused:
        dict(read_xml_rows(path, "")[1])
    assert refused.value.code == code


def test_a_sheet_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(BOOK)
    for name in ("Other", "Secret"):
        with pytest.raises(RefusedFile) as refused:
            read_xml_rows(path, name)
        assert (refused.value.code, refused.value.detail) == ("sheet", name)
