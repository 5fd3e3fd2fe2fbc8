"""CSV as Excel opens it: nothing is calculated, nothing is lost."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest

from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.platform.excel.writing.csv_writer import guard_formula_text, unguard_formula_text, write_csv


def write(columns, rows) -> bytes:
    file = io.BytesIO()
    write_csv(file, columns, rows)
    return file.getvalue()


def test_a_csv_file_starts_with_the_byte_order_mark_that_excel_expects():
    assert write([SheetColumn("Name")], [("Ștefan",)]) == b"\xef\xbb\xbfName\r\n\xc8\x98tefan\r\n"


def test_texts_with_separators_quotes_and_line_breaks_round_trip():
    texts = ["a,b;c\td|e", 'say "so"', "two\nlines", "two\r\nlines", " spaces ", "007", ""]
    data = write([SheetColumn("Text"), SheetColumn("x")], [(text, "x") for text in texts])
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [text for text, _x in rows[1:]] == texts


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+40-721",
        "-1+1",
        "+A1",
        "- x",
        "@SUM(A1)",
        "\t=1",
        "'=1",
        "''+1",
        "'-",
        "'+40721",
        "\rx",
        "\uff1d1+1",
        "\uff0bA1",
        "\uff0d1+1",
        "\uff20SUM(A1)",
        "'\uff1d1",
    ],
)
def test_formulas_are_escaped_and_round_trip(text):
    assert guard_formula_text(text) == f"'{text}"
    assert unguard_formula_text(guard_formula_text(text)) == text


@pytest.mark.parametrize(
    "text", ["+40721000111", "+40 721 000 111", "+40 (0) 721.000", "-1", "-12.50", "-1,5", "- 5"]
)
def test_a_sign_before_digits_is_not_a_formula_and_gets_no_quote(text):
    assert guard_formula_text(text) == text
    assert unguard_formula_text(text) == text


@pytest.mark.parametrize("text", ["", "plain", "'quoted'", "a=1", "1+1", "'"])
def test_other_texts_stay_unchanged(text):
    assert guard_formula_text(text) == text
    assert unguard_formula_text(text) == text


def test_numbers_and_dates_are_written_plainly():
    columns = [
        SheetColumn("Value", CellKind.NUMBER),
        SheetColumn("Day", CellKind.DATE),
        SheetColumn("Added", CellKind.MOMENT),
    ]
    data = write(
        columns, [(Decimal("-12.50"), date(2026, 3, 1), datetime(2026, 3, 1, 17, 45)), (None, None, None)]
    )
    assert data.decode("utf-8-sig").splitlines()[1:] == ["-12.50,2026-03-01,2026-03-01 17:45:00", ",,"]
