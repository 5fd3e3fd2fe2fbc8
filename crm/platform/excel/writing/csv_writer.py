"""Writing CSV and guarding against formulas: UTF-8 with a byte order mark, as Excel reads it, and no cell that Excel
would calculate.

Excel calculates cells that start with = + - or @. Such a text gets a leading quote; `unguarded` removes it, so the same
text comes back. Phone numbers such as +40 721 000 111 aren't calculated, and other programs would read the quote as
part of the number, so they are written unchanged.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.platform.excel.writing.workbook_writer import OutputFile

# Excel reads the full-width signs of East Asian keyboards like the others.
GUARDED = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
# A sign, digits, and grouping characters. A second sign between them would be an operator: +40-721 is -681.
NUMBER = re.compile(r"[+-] ?[\d(][\d .,()\u00a0\u202f]*")
QUOTED = re.compile(r"'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
PORTION = 500


def guard_formula_text(text: str) -> str:
    return f"'{text}" if GUARDED.match(text) and not NUMBER.fullmatch(text) else text


def unguard_formula_text(text: str) -> str:
    return text[1:] if QUOTED.match(text) else text


def write_csv(file: OutputFile, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]]) -> int:
    """Write headers and rows; values as for Workbook.write_table(). Returns how many rows were written."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    file.write(b"\xef\xbb\xbf")
    out.writerow([guard_formula_text(column.heading) for column in columns])
    texts = [column.kind is CellKind.TEXT for column in columns]
    written = 0
    for values in rows:
        out.writerow([_get_cell_text(value, is_text) for value, is_text in zip(values, texts, strict=True)])
        written += 1
        if written % PORTION == 0:
            _flush_text(text, file)
    _flush_text(text, file)
    return written


def _get_cell_text(value: Any, is_text: bool) -> str:
    if value is None or value == "":
        return ""
    if is_text:
        return guard_formula_text(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


def _flush_text(text: io.StringIO, file: OutputFile) -> None:
    file.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()
