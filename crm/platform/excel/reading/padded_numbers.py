"""Numbers that a workbook shows with leading zeros, because their format asks for them: phones, postal codes, client numbers.

The reading library returns the number without its format. Runs in the reading process, without Django.
"""

import re
import zipfile
from array import array
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from crm.platform.excel.reading.file_inspection import PORTION, read_portions
from crm.platform.excel.reading.used_range import get_column_number

STYLES = "xl/styles.xml"
# Larger styles are of generated workbooks with thousands of formats.
MOST_BYTES = 10_000_000
FORMAT = re.compile(rb'<numFmt\b(?=[^>]*\bnumFmtId="(\d+)")(?=[^>]*\bformatCode="([^"]*)")[^>]*>')
CELL_FORMATS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
CELL_FORMAT = re.compile(rb'<xf\b[^>]*\bnumFmtId="(\d+)"')
# A number in a cell with a style; a cell with another type has no number.
NUMBER = re.compile(rb"<c\b([^>]*)>\s*(?:<f\b[^>]*>[^<]*</f>|<f\b[^>]*/>)?\s*<v>(\d{1,15})</v>")
ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
STYLE = re.compile(rb'\bs="(\d+)"')
TYPE = re.compile(rb'\bt="(\w+)"')
# Zeros for digits, with what is written between them: "0000 000 000", "(000) 000-0000", "+"00000000000.
PADS = re.compile(r"(?:0|[ \-()+]|\\.|\"[^\"]*\")*0(?:0|[ \-()]|\\.|\"[^\"]*\")*")
PART = re.compile(r"\\(.)|\"([^\"]*)\"|(.)")


@dataclass
class PaddedColumn:
    """The rows of a column, in ascending order, whose numbers have this format. A row may be there twice."""

    column: int
    pattern: str
    rows: array = field(default_factory=lambda: array("L"))
    next: int = 0

    def has(self, row: int) -> bool:
        """Whether the format applies to a row. Rows are asked for in ascending order."""
        while self.next < len(self.rows) and self.rows[self.next] < row:
            self.next += 1
        return self.next < len(self.rows) and self.rows[self.next] == row


def find_padded_columns(path: Path, part: str) -> list[PaddedColumn]:
    """The cells of a sheet that show more than their numbers."""
    with zipfile.ZipFile(path) as archive:
        patterns = _get_padding_formats(archive)
        if not patterns:
            return []
        found: dict[tuple[bytes, str], PaddedColumn] = {}
        rest = b""
        for data in read_portions(archive, part):
            data = rest + data
            for cell in NUMBER.finditer(data):
                style, kind, address = STYLE.search(cell[1]), TYPE.search(cell[1]), ADDRESS.search(cell[1])
                pattern = patterns.get(int(style[1])) if style else None
                if not pattern or not address or (kind and kind[1] != b"n"):
                    continue
                key = (address[1], pattern)
                if key not in found:
                    found[key] = PaddedColumn(get_column_number(address[1]) - 1, pattern)
                found[key].rows.append(int(address[2]))
            # A cell that continues in the next chunk; one that was already found is found again.
            last = data.rfind(b"<c ")
            rest = data[max(last, len(data) - PORTION) :] if last >= 0 else data[-PORTION:]
    return list(found.values())


def apply_padding(values: list[Any], row: int, columns: list[PaddedColumn]) -> list[Any]:
    """The values of a row, with the texts that the workbook shows instead of numbers."""
    for column in columns:
        if column.column < len(values) and column.has(row):
            value = values[column.column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                values[column.column] = format_padded_number(str(int(value)), column.pattern)
    return values


def format_padded_number(number: str, pattern: str) -> str:
    """A whole number as its format shows it: digits fill the zeros from the right, and all further ones come first."""
    parts = [(escaped or quoted or plain, plain) for escaped, quoted, plain in PART.findall(pattern)]
    zeros = sum(plain == "0" for _text, plain in parts)
    digits = number.rjust(zeros, "0")
    shown, left = "", zeros
    for text, plain in parts:
        if plain != "0":
            shown += text
            continue
        shown += digits[: len(digits) - left + 1] if left == zeros else digits[len(digits) - left]
        left -= 1
    return shown


def _get_padding_formats(archive: zipfile.ZipFile) -> dict[int, str]:
    """The formats that pad numbers, by the number of the style of a cell."""
    try:
        info = archive.getinfo(STYLES)
    except KeyError:
        return {}
    if info.file_size > MOST_BYTES:
        return {}
    data = archive.read(info)
    formats = {
        int(number): unescape(code.decode("utf-8", "replace")) for number, code in FORMAT.findall(data)
    }
    padding = {
        number: code for number, code in formats.items() if code.count("0") > 1 and PADS.fullmatch(code)
    }
    section = CELL_FORMATS.search(data) if padding else None
    styles = CELL_FORMAT.findall(section[0]) if section else []
    return {place: padding[int(number)] for place, number in enumerate(styles) if int(number) in padding}
