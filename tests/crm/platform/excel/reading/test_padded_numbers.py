"""Numbers of a workbook whose format adds zeros are read as the workbook shows them."""

import io

import openpyxl
import pytest

from crm.platform.excel.reading.padded_numbers import format_padded_number
from crm.platform.excel.reading.reader import open_file_rows

SHOWN = {
    "a phone": ("722111021", "0000000000", "0722111021"),
    "a postal code": ("12345", "000000", "012345"),
    "a number that is long enough": ("400174", "000000", "400174"),
    "a number that is longer": ("40722111022", "0000000000", "40722111022"),
    "spaces between digits": ("722111021", "0000 000 000", "0722 111 021"),
    "a longer number with spaces": ("40722111021", "0000 000 000", "40722 111 021"),
    "a plus in quotes": ("40722111022", '"+"00000000000', "+40722111022"),
    "a plus after a backslash": ("40722111022", "\\+00000000000", "+40722111022"),
    "a phone of the United States": ("2125550123", "(000) 000-0000", "(212) 555-0123"),
    "zero": ("0", "0000", "0000"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_how_a_number_is_shown(name):
    number, pattern, shown = SHOWN[name]
    assert format_padded_number(number, pattern) == shown


def rows_of(tmp_path, cells: list[tuple[object, str]]) -> list[tuple[str, str]]:
    """The kinds and texts of cells with these values and formats."""
    book = openpyxl.Workbook()
    for place, (value, code) in enumerate(cells, start=1):
        cell = book.active.cell(1, place, value)
        cell.number_format = code
    out = io.BytesIO()
    book.save(out)
    path = tmp_path / "numbers.xlsx"
    path.write_bytes(out.getvalue())
    with open_file_rows(path, "numbers.xlsx") as source:
        ((_number, kinds, texts),) = source.rows
    return list(zip(kinds or "s" * len(texts), texts, strict=True))


def test_a_workbook_with_such_formats(tmp_path):
    cells = [
        (722111021, "0000000000"),
        (12345, "000000"),
        (1234.5, "000000"),
        (1234, "General"),
        (1234, "#,##0"),
        (1234, "0.00"),
        ("722", "0000000000"),
        (5, "0"),
        (45000, "yyyy-mm-dd"),
        (-5, "0000"),
    ]
    assert rows_of(tmp_path, cells) == [
        ("s", "0722111021"),
        ("s", "012345"),
        ("n", "1234.5"),
        ("n", "1234"),
        ("n", "1234"),
        ("n", "1234"),
        ("s", "722"),
        ("n", "5"),
        ("d", "2023-03-15"),
        ("n", "-5"),
    ]
