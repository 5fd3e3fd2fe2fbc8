"""The used range of a sheet, determined before reading: the reading library creates a cell for every position between
the first and the last one, so two cells that are far apart would fill the memory.

The XML is only scanned in chunks, not parsed. A file that hides its cells from the scan gets little memory.
"""

import re
from dataclasses import dataclass

COLUMN = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')
PREFIX = re.compile(rb"<((?:\w{1,20}:)?)worksheet\b")
# A sheet states what it is within this many bytes.
HEAD = 4_000
REPEATED_COLUMNS = re.compile(rb'number-columns-repeated="(\d{1,9})"')
ROW = re.compile(rb"<table:table-row(?=[\s/>])")
REPEATED_ROWS = re.compile(rb'number-rows-repeated="(\d{1,9})"')
# How much is kept of a row whose end isn't in sight; of a longer row, only the end, which contains the last cell.
LONGEST_ROW, END_OF_LONG_ROW = 1_000_000, 200_000


@dataclass
class Extent:
    """What is known about a sheet so far: its rows from the first to the last with a value, and the widest row."""

    first: int = 0
    last: int = 0
    width: int = 0
    cells: int = 0

    @property
    def area(self) -> int:
        return (self.last - self.first + 1) * self.width if self.last else 0

    def add_row(self, row: int, width: int, cells: int, *, times: int = 1) -> None:
        self.first = self.first or row
        self.last = max(self.last, row + times - 1)
        self.width = max(self.width, width)
        self.cells += cells * times


class SheetScan:
    """A sheet of an .xlsx file, chunk by chunk. Cells with only a format don't count."""

    def __init__(self) -> None:
        self.extent = Extent()
        self.rest = b""
        self.prefix: bytes | None = None
        self.row = 0

    def feed(self, data: bytes) -> None:
        seen = max(len(self.rest) - HEAD, 0)
        data = self.rest + data
        if self.prefix is None:
            found = PREFIX.search(data)
            if not found and len(data) < HEAD:
                self.rest = data
                return
            self.prefix = found[1] if found else b""
            self.end_of_row, self.end_of_cell = (b"</%s%s>" % (self.prefix, name) for name in (b"row", b"c"))
        done = 0
        while (end := data.find(self.end_of_row, max(done, seen))) >= 0:
            self._scan_row(data, done, end)
            done = end + len(self.end_of_row)
        self.rest = get_unread_rest(data, done)

    def _scan_row(self, data: bytes, begin: int, end: int) -> None:
        self.row += 1
        last_cell = data.rfind(self.end_of_cell, begin, end)
        if last_cell < 0:
            return
        cells = data.count(self.end_of_cell, begin, end)
        address = COLUMN.match(data, max(begin, data.rfind(b' r="', begin, last_cell)), last_cell)
        if address:
            self.row, width = int(address[2]), get_column_number(address[1])
        else:
            width = cells
        self.extent.add_row(self.row, max(width, cells), cells)


class TablesScan:
    """All sheets of an .ods file: they are in one part, are read together, and can repeat rows and columns."""

    END_OF_ROW, CELL, COVERED = b"</table:table-row>", b"<table:table-cell", b"<table:covered-table-cell"

    def __init__(self) -> None:
        self.extents = [Extent()]
        self.rest = b""
        self.row = 0

    @property
    def extent(self) -> Extent:
        """The extent of all sheets, one below the other."""
        whole = Extent(first=1, last=1, width=sum(extent.area for extent in self.extents))
        whole.cells = sum(extent.cells for extent in self.extents)
        return whole

    def feed(self, data: bytes) -> None:
        seen = max(len(self.rest) - 20, 0)
        data = self.rest + data
        done = 0
        while (end := data.find(self.END_OF_ROW, max(done, seen))) >= 0:
            self._scan_row(data[done:end])
            done = end + len(self.END_OF_ROW)
        self.rest = get_unread_rest(data, done)

    def _scan_row(self, row: bytes) -> None:
        if b"<table:table " in row:
            self.extents.append(Extent())
            self.row = 0
        # What comes before the row itself, including empty rows, which have no closing tag.
        begin = max(row.rfind(b"<table:table-row"), 0)
        skipped = row[:begin]
        self.row += count_rows(skipped)
        times = 1 + count_repetitions(REPEATED_ROWS, row[begin:])
        last = max(row.rfind(b"</table:table-cell>"), row.rfind(b"office:value"))
        if last >= begin:
            part = row[begin : row.find(b">", last)]
            cells = (
                part.count(self.CELL) + part.count(self.COVERED) + count_repetitions(REPEATED_COLUMNS, part)
            )
            self.extents[-1].add_row(self.row + 1, cells, cells, times=times)
        self.row += times


def get_unread_rest(data: bytes, done: int) -> bytes:
    return data[done:] if len(data) - done < LONGEST_ROW else data[-END_OF_LONG_ROW:]


def count_rows(part: bytes) -> int:
    """How many rows begin in this part, with their repetitions. A group of rows is none of them."""
    return len(ROW.findall(part)) + count_repetitions(REPEATED_ROWS, part)


def count_repetitions(pattern: re.Pattern[bytes], part: bytes) -> int:
    """How many additional times the element is repeated."""
    found = pattern.findall(part)
    return sum(map(int, found)) - len(found)


def get_column_number(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
