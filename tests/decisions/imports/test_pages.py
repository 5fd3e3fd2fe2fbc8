"""How the tables of a page that a program calls .xls are read as rows."""

from typing import NamedTuple

import pytest

from crm.platform.excel.reading import html_rows
from crm.platform.excel.reading.html_rows import (
    MOST_NESTED,
    RefusedFile,
    TableReader,
    choose_encoding,
    limits,
    read_html_rows,
)

TABLES = {
    "a table": (
        "<table><tr><th>Name<th>City</tr><tr><td>Ana</td><td>Cluj</td></tr></table>",
        [["Name", "City"], ["Ana", "Cluj"]],
    ),
    "end tags are missing": ("<table><tr><td>Ana<td>Cluj<tr><td>Dan", [["Ana", "Cluj"], ["Dan"]]),
    "in capitals": ("<TABLE><TR><TD>Ana</TD></TR></TABLE>", [["Ana"]]),
    "cells without a row": ("<table><td>Ana</td><td>Cluj</td></table>", [["Ana", "Cluj"]]),
    "spaces of the source": ("<table><tr><td>\n  Ana\n   Pop\t</td></tr></table>", [["Ana Pop"]]),
    "a line break": ("<table><tr><td>Ana<br>Pop<br/> Cluj</td></tr></table>", [["Ana\nPop\nCluj"]]),
    "entities": ("<table><tr><td>&#536;tefan &amp; Ana&nbsp;Pop</td></tr></table>", [["Ștefan & Ana Pop"]]),
    "texts with marks": ("<table><tr><td><b>Ana</b> <span>Pop</span></td></tr></table>", [["Ana Pop"]]),
    "texts outside of cells": ("Report<table>x<tr>y<td>Ana</td>z</tr></table>End", [["Ana"]]),
    "scripts and styles": (
        "<style>td {}</style><table><tr><td>Ana<script>x()</script></td></tr></table>",
        [["Ana"]],
    ),
    "what follows a script": (
        "<table><tr><td>Ana<script>x()</script> Pop<td>Cluj</table>",
        [["Ana Pop", "Cluj"]],
    ),
    "a style within a template": (
        "<table><tr><td><template>a<style>td {}</style>b</template>Ana</table>",
        [["Ana"]],
    ),
    "the end of a style that never began": ("<table><tr><td></style>Ana</table>", [["Ana"]]),
    "the end of the head is missing": ("<head><title>Report</title><table><tr><td>Ana</table>", [["Ana"]]),
    "a title of the page": ("<head><title>Report</title></head><table><tr><td>Ana</td></tr></table>", [["Ana"]]),
    "a cell over two columns": ("<table><tr><td colspan=2>Ana</td><td>Cluj</td></tr></table>", [["Ana", "", "Cluj"]]),
    "a cell over two rows": (
        "<table><tr><td rowspan=2>Ana<td>Cluj<tr><td>Arad<tr><td>Dan<td>Iași</table>",
        [["Ana", "Cluj"], ["", "Arad"], ["Dan", "Iași"]],
    ),
    "a width that is no number": ("<table><tr><td colspan=x>Ana</td><td>Cluj</td></tr></table>", [["Ana", "Cluj"]]),
    "a width of no columns": ("<table><tr><td colspan=0>Ana<td>Cluj</table>", [["Ana", "Cluj"]]),
    "a width of eight digits is no width": ("<table><tr><td colspan=10000000>Ana</table>", [["Ana"]]),
    "a wide cell beside one over three rows": (
        "<table><tr><td>Ana<td rowspan=3>Cluj<tr><td colspan=2>Dan<tr><td>Ion<td>Iași</table>",
        [["Ana", "Cluj"], ["Dan", ""], ["Ion", "", "Iași"]],
    ),
    "two tables": ("<table><tr><td>Ana</table><p>and</p><table><tr><td>Dan</table>", [["Ana"], ["Dan"]]),
    "a table within a cell": (
        "<table><tr><td><table><tr><td>Ana<td>Cluj</tr></table></td></tr></table>",
        [["Ana", "Cluj"], [""]],
    ),
    "what follows a table within a cell": (
        "<table><tr><td>a<table><tr><td>Ana</table>b<td>c</tr></table>",
        [["Ana"], ["ab", "c"]],
    ),
    "no table": ("<p>Ana<tr><td>Dan</td></tr>", []),
}  # fmt: skip


def read(page: str) -> list[list[str]]:
    reader = TableReader()
    for letter in page:
        reader.feed(letter)
    reader.close()
    reader.end_rows(0)
    return reader.take_rows()


@pytest.mark.parametrize(("page", "rows"), TABLES.values(), ids=TABLES)
def test_the_rows_of_a_page(page, rows):
    assert read(page) == rows


# What no table of a spreadsheet has: the page, and the code and the detail with which it is refused, or '' if it is read.
LIMITS = {
    "as many tables within each other as are read": ("<table><tr><td>" * MOST_NESTED, "", ""),
    "one more": ("<table><tr><td>" * (MOST_NESTED + 1), "suspicious", ""),
    "one column too many, which is refused later unless it is empty": (f"<table><tr>{'<td>' * 251}", "", ""),
    "two columns too many": (f"<table><tr>{'<td>' * 252}", "columns", "250"),
    "the longest text": (f"<table><tr><td>{'x' * limits.CELL_CHARACTERS}", "", ""),
    "a longer one": (f"<table><tr><td>{'x' * (limits.CELL_CHARACTERS + 1)}", "cell", "1"),
    "a longer one in parts": (f"<table><tr><td>{'x' * limits.CELL_CHARACTERS}<b>x", "cell", "1"),
    "a longer one in the third row": (
        f"<table><tr><td>a<tr><td>b<tr><td>{'x' * (limits.CELL_CHARACTERS + 1)}",
        "cell",
        "3",
    ),
}


@pytest.mark.parametrize(("page", "code", "detail"), LIMITS.values(), ids=LIMITS)
def test_how_much_a_page_may_have(page, code, detail):
    reader, refused = TableReader(), RefusedFile("")
    try:
        reader.feed(page)
    except RefusedFile as raised:
        refused = raised
    assert (refused.code, refused.detail) == (code, detail)


def test_a_row_has_its_number_after_others_were_taken():
    reader = TableReader()
    reader.feed("<table><tr><td>Ana<tr><td>Dan<tr>")
    assert reader.take_rows() == [["Ana"], ["Dan"]]
    with pytest.raises(RefusedFile) as refused:
        reader.feed(f"<td>{'x' * (limits.CELL_CHARACTERS + 1)}")
    assert refused.value.detail == "3"


def test_a_width_of_seven_digits_takes_no_more_places_than_a_file_may_have():
    reader = TableReader()
    reader.feed("<table><tr><td colspan=9999999>Ana</tr></table>")
    assert len(reader.take_rows()[0]) == limits.COLUMNS


# The encoding that the bytes show, the one that the page names, and the one in which it is read.
ENCODINGS = {
    "bytes of a language": ("cp1250", "iso-8859-2", "iso8859-2"),
    "bytes of Unicode": ("utf-8", "iso-8859-2", "utf-8"),
    "bytes of a language in a page that names Unicode": ("cp1250", "utf-8", "cp1250"),
    "bytes of Unicode in a page that names another Unicode": ("utf-16", "utf-8", "utf-16"),
    "a page that names none": ("cp1250", "", "cp1250"),
    "a page that names an unknown one": ("cp1250", "klingon", "cp1250"),
    "a page that names one that isn't for texts": ("cp1250", "hex", "cp1250"),
}


@pytest.mark.parametrize(("shown", "told", "encoding"), ENCODINGS.values(), ids=ENCODINGS)
def test_which_encoding_a_page_has(shown, told, encoding):
    assert choose_encoding(shown, told) == encoding


class Page(NamedTuple):
    text: str
    written: str
    encoding: str
    rows: list[list[str]]
    asked: str = ""
    eastern: bool = True


PAGES = {
    "it names its encoding": Page(
        "<meta charset=iso-8859-2><table><tr><td>Łódź</table>", "iso-8859-2", "iso8859-2", [["Łódź"]]
    ),
    "it names another one than the user": Page(
        "<meta charset=iso-8859-2><table><tr><td>Bücher</table>", "cp1252", "cp1252", [["Bücher"]], "cp1252"
    ),
    "letters of two encodings, of a company in the east": Page(
        "<table><tr><td>Bücher</table>", "cp1252", "cp1250", [["Bücher"]]
    ),
    "letters of two encodings, of another company": Page(
        "<table><tr><td>Bücher</table>", "cp1252", "cp1252", [["Bücher"]], eastern=False
    ),
    "a row that doesn't end": Page("<table><tr><td>Ana", "utf-8", "utf-8", [["Ana"]]),
    "much after the last row": Page(
        f"<table><tr><td>Ana</table>{'<p>Thank you</p>' * 9}", "utf-8", "utf-8", [["Ana"]]
    ),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_how_the_file_of_a_page_is_read(tmp_path, monkeypatch, page):
    monkeypatch.setattr(html_rows, "PORTION", 16)
    path = tmp_path / "page.xls"
    path.write_bytes(page.text.encode(page.written))
    found, rows = read_html_rows(path, encoding=page.asked, eastern=page.eastern)
    assert (found, list(rows)) == ({"encoding": page.encoding, "linked": True}, page.rows)


# A page that can't be read, and the code of the reason.
UNREADABLE = {
    "no table": (b"<p>Please sign in</p>", "", "disguised"),
    "another encoding than the user says": (b"<table><tr><td>Bra\xbaov", "utf-8", "encoding"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "asked", "code"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_page_that_can_not_be_read(tmp_path, data, asked, code):
    path = tmp_path / "page.xls"
    path.write_bytes(data)
    _found, rows = read_html_rows(path, encoding=asked, eastern=True)
    with pytest.raises(RefusedFile) as refused:
        list(rows)
    assert refused.value.code == code
