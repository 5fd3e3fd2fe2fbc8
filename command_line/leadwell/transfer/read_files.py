"""Files that an import reads: CSV, Excel or JSON lines, row by row."""

import csv
import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from leadwell.failures import Exit, Failure
from leadwell.output import unguard
from leadwell.transfer.written_files import FORMATS, load_openpyxl

DELIMITERS = ",;\t|"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Larger than any field of Leadwell.
LONGEST_CELL = 1_000_000


@dataclass(frozen=True)
class FileRow:
    """A row with its number in the file, which for a table counts its headers: a value for each header that has one. In a typed
    one, from JSON, null is a value."""

    number: int
    values: dict[str, Any]
    typed: bool = False


class SourceFile:
    """`headers` are those of a table, and for JSON lines all names in any line."""

    def __init__(self, path: Path, encoding: str = "", delimiter: str = "") -> None:
        self.path, self.ending = path, path.suffix.lower()
        if self.ending not in FORMATS:
            raise Failure(Exit.USAGE, f"The file has to end with .csv, .xlsx or .jsonl: {path}")
        csv.field_size_limit(LONGEST_CELL)
        self.encoding = encoding or self.detect_encoding()
        self.delimiter = {"tab": "\t"}.get(delimiter, delimiter) or self.detect_delimiter()
        self.headers = self.read_headers()

    def detect_encoding(self) -> str:
        try:
            with self.path.open("rb") as file:
                start = file.read(4)
        except OSError as error:
            raise Failure(Exit.USAGE, f"{self.path} can't be read: {error.strerror}.") from error
        return next((name for mark, name in MARKS.items() if start.startswith(mark)), "utf-8")

    def detect_delimiter(self) -> str:
        """The character that splits the headers into the most cells."""
        if self.ending != ".csv":
            return ","
        with self.open_text() as file:
            return max(
                DELIMITERS, key=lambda mark: len(next(csv.reader([self.read_line(file)], delimiter=mark), []))
            )

    def open_text(self) -> TextIO:
        try:
            return self.path.open(encoding=self.encoding, newline="")
        except (OSError, LookupError) as error:
            raise Failure(Exit.USAGE, f"{self.path} can't be read: {error}") from error

    def read_line(self, file: TextIO) -> str:
        try:
            line = file.readline()
            file.seek(0)
        except UnicodeError as error:
            raise self.build_encoding_failure() from error
        return line

    def build_encoding_failure(self) -> Failure:
        return Failure(
            Exit.USAGE,
            f"{self.path} isn't in {self.encoding}. Name its encoding, such as --encoding windows-1250.",
        )

    def read_headers(self) -> list[str]:
        if self.ending == ".jsonl":
            return list(dict.fromkeys(name for row in self.read_objects() for name in row.values))
        cells = next(self.read_cells(), (1, []))[1]
        headers = ["" if cell is None else str(cell).strip() for cell in cells]
        while headers and not headers[-1]:
            headers.pop()
        if not headers:
            raise Failure(Exit.USAGE, f"{self.path} has no headers in its first row.")
        if twice := next((name for name in headers if name and headers.count(name) > 1), None):
            raise Failure(Exit.USAGE, f"Two columns of {self.path} are called {twice!r}.")
        return headers

    def read_rows(self) -> Iterator[FileRow]:
        """All rows that aren't empty. Raises Failure for one that can't be read."""
        if self.ending == ".jsonl":
            yield from self.read_objects()
            return
        cells = self.read_cells()
        next(cells, None)
        for number, row in cells:
            values = dict(zip(self.headers, row, strict=False))
            if any(str(cell).strip() for cell in row[len(self.headers) :] if cell is not None):
                raise Failure(
                    Exit.USAGE, f"Row {number} of {self.path} has more cells than there are headers."
                )
            if any(str(value).strip() for value in values.values() if value is not None):
                yield FileRow(number, values)

    def read_cells(self) -> Iterator[tuple[int, list[Any]]]:
        return self.read_sheet() if self.ending == ".xlsx" else self.read_csv()

    def read_csv(self) -> Iterator[tuple[int, list[Any]]]:
        with self.open_text() as file:
            try:
                for number, row in enumerate(csv.reader(file, delimiter=self.delimiter, strict=True), 1):
                    yield number, [unguard(cell) for cell in row]
            except UnicodeError as error:
                raise self.build_encoding_failure() from error
            except csv.Error as error:
                raise Failure(Exit.USAGE, f"{self.path} isn't a readable CSV file: {error}.") from error

    def read_sheet(self) -> Iterator[tuple[int, list[Any]]]:
        """The rows of the first sheet."""
        openpyxl = load_openpyxl()
        try:
            book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        except Exception as error:
            raise Failure(Exit.USAGE, f"{self.path} isn't a readable Excel file: {error}") from error
        try:
            for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
                yield number, [format_sheet_value(value) for value in row]
        finally:
            book.close()

    def read_objects(self) -> Iterator[FileRow]:
        with self.open_text() as file:
            try:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield FileRow(number, parse_line(self.path, number, line), typed=True)
            except UnicodeError as error:
                raise self.build_encoding_failure() from error


def parse_line(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise Failure(Exit.USAGE, f"Line {number} of {path} isn't JSON.") from error
    if not isinstance(found, dict):
        raise Failure(Exit.USAGE, f"Line {number} of {path} isn't a JSON object.")
    return found


def format_sheet_value(value: Any) -> Any:
    """A cell as text: whole numbers without decimals, days and times as API v2 has them."""
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        at_midnight = value.time() == datetime.time()
        return value.date().isoformat() if at_midnight else value.isoformat(sep="T", timespec="seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
