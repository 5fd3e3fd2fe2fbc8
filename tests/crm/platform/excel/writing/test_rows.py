"""Rows become XML with little work: texts that repeat are escaped once, others only where they need it."""

import re
from datetime import date, datetime

import pytest

from crm.platform.excel.writing import cell_values
from crm.platform.excel.writing.cell_values import (
    CELL_CHARACTERS,
    REMEMBERED_CHARACTERS,
    CellKind,
    RowWriter,
    SheetColumn,
    convert_to_serial,
)

OWNER = "Ann Keller <ann@example.com>"


@pytest.fixture
def escaping(monkeypatch) -> list[str]:
    """The texts that were escaped."""
    found: list[str] = []

    def counted(text: str, escaped=cell_values.escape_xml) -> str:
        found.append(text)
        return escaped(text)

    monkeypatch.setattr(cell_values, "escape_xml", counted)
    return found


def texts_of(row: str) -> list[str]:
    return re.findall(r"<t(?: [^>]*)?>(.*?)</t>", row)


def writer_of(number: int) -> RowWriter:
    return RowWriter([SheetColumn(f"Column {place}") for place in range(number)])


def learn_many(writer: RowWriter, place: int) -> None:
    """More different texts in a column than are remembered."""
    values = [""] * len(writer.columns)
    for number in range(cell_values.REMEMBERED_TEXTS + 1):
        values[place] = f"text {number}"
        writer.render_row(2, values)


def test_a_text_that_repeats_is_escaped_once(escaping):
    writer = writer_of(2)
    rows = [writer.render_row(number, [OWNER, "Cluj"]) for number in range(2, 502)]
    assert escaping == [OWNER]
    cell = "Ann Keller &lt;ann@example.com&gt;"
    assert [texts_of(row) for row in rows] == [[cell, "Cluj"]] * 500
    assert rows[499] == (
        f'<row r="501"><c r="A501" s="1" t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>'
        '<c r="B501" s="1" t="inlineStr"><is><t>Cluj</t></is></c></row>'
    )


def test_of_different_texts_only_those_that_need_it_are_escaped(escaping):
    writer = writer_of(3)
    for place in range(3):
        learn_many(writer, place)
    assert texts_of(writer.render_row(2, ["a", "b & c", " d"])) == ["a", "b &amp; c", " d"]
    assert escaping == ["b & c", " d"]
    assert texts_of(writer.render_row(3, ["a", "b", "c"])) == ["a", "b", "c"]
    assert escaping == ["b & c", " d"]


def test_a_column_with_many_texts_is_not_remembered_and_the_others_are(escaping):
    writer = writer_of(2)
    learn_many(writer, 0)
    assert [known is None for known in writer.known] == [True, False]
    rows = [writer.render_row(number, [f"Firma {number} & Co", OWNER]) for number in (2, 3)]
    assert [texts_of(row)[0] for row in rows] == ["Firma 2 &amp; Co", "Firma 3 &amp; Co"]
    assert escaping == [OWNER, "Firma 2 & Co", "Firma 3 & Co"]


def test_long_texts_are_not_remembered_and_each_one_that_is_cut_counts():
    writer = writer_of(1)
    for number in range(2, 5):
        writer.render_row(number, ["x" * (CELL_CHARACTERS + 1)])
        writer.render_row(number, ["y" * (REMEMBERED_CHARACTERS + 1)])
    longest = "z" * REMEMBERED_CHARACTERS
    writer.render_row(5, [longest])
    assert writer.known == [{longest: f'" s="1" t="inlineStr"><is><t>{longest}</t></is></c>'}]
    assert writer.cut_cells == 3


def test_a_long_text_is_cut_also_in_a_column_with_many_texts():
    writer = writer_of(1)
    learn_many(writer, 0)
    assert texts_of(writer.render_row(2, ["x" * (CELL_CHARACTERS + 1)])) == ["x" * CELL_CHARACTERS]
    assert writer.cut_cells == 1


def test_empty_cells_are_left_out_and_the_others_keep_their_columns():
    columns = [
        SheetColumn("Name"),
        SheetColumn("Value", CellKind.NUMBER),
        SheetColumn("Day", CellKind.DATE),
        SheetColumn("At", CellKind.MOMENT),
    ]
    writer = RowWriter(columns)
    assert writer.render_row(2, [None, "", None, None]) == '<row r="2"></row>'
    row = writer.render_row(3, ["", 0, date(2026, 11, 20), datetime(2026, 11, 20, 12)])
    assert row == (
        '<row r="3"><c r="B3"><v>0</v></c><c r="C3" s="2"><v>46346</v></c><c r="D3" s="3"><v>46346.5</v></c></row>'
    )
    # Excel has no such dates, so they are texts.
    assert texts_of(writer.render_row(4, ["", None, date(1900, 2, 28), datetime(1899, 1, 2, 3, 4, 5)])) == [
        "1900-02-28",
        "1899-01-02 03:04",
    ]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (date(1900, 3, 1), 61),
        (date(1900, 2, 28), None),
        (datetime(1900, 3, 1, 6), 61.25),
        (datetime(1900, 2, 28, 23, 59), None),
        (datetime(2026, 11, 20, 23, 59, 59), 46346.9999884259),
        (date(9999, 12, 31), 2_958_465),
    ],
)
def test_a_date_is_the_number_that_excel_counts(value, number):
    assert convert_to_serial(value) == number
