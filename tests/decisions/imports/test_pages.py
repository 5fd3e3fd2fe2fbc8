"""How the tables of a page that a program calls .xls are read as rows."""

import pytest

from crm.platform.excel.reading.html_rows import TableReader

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
    "a title of the page": ("<head><title>Report</title></head><table><tr><td>Ana</td></tr></table>", [["Ana"]]),
    "a cell over two columns": ("<table><tr><td colspan=2>Ana</td><td>Cluj</td></tr></table>", [["Ana", "", "Cluj"]]),
    "a cell over two rows": (
        "<table><tr><td rowspan=2>Ana<td>Cluj<tr><td>Arad<tr><td>Dan<td>Iași</table>",
        [["Ana", "Cluj"], ["", "Arad"], ["Dan", "Iași"]],
    ),
    "a width that is no number": ("<table><tr><td colspan=x>Ana</td><td>Cluj</td></tr></table>", [["Ana", "Cluj"]]),
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
