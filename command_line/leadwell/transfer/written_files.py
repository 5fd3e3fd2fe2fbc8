"""Files that an export writes: CSV, Excel or JSON lines. A file has its name only once it is complete."""

import contextlib
import csv
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from leadwell.failures import Exit, Failure
from leadwell.output import format_cell, get_value, guard

FORMATS = (".csv", ".xlsx", ".jsonl")
# So many rows has a sheet of Excel, with its headers.
LARGEST_SHEET = 1_048_576
NO_OPENPYXL = "Excel files need openpyxl. Install it with: pip install 'leadwell[xlsx]'"


class Writer(Protocol):
    def write(self, row: dict[str, Any]) -> None: ...

    def close(self) -> None: ...


def check_format(path: Path) -> str:
    """The ending of the file. Raises Failure for one that can't be written."""
    if path.suffix.lower() not in FORMATS:
        raise Failure(Exit.USAGE, f"The file has to end with .csv, .xlsx or .jsonl: {path}")
    return path.suffix.lower()


class CsvWriter:
    """UTF-8 with a byte order mark, as Excel reads it."""

    def __init__(self, path: Path, fields: list[str]) -> None:
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.fields, self.writer = fields, csv.writer(self.file)
        self.writer.writerow(fields)

    def write(self, row: dict[str, Any]) -> None:
        self.writer.writerow([guard(format_cell(get_value(row, name))) for name in self.fields])

    def close(self) -> None:
        self.file.close()


class LineWriter:
    """Each record as one line of JSON, with all that the answer has of it."""

    def __init__(self, path: Path, fields: list[str]) -> None:
        self.file = path.open("w", encoding="utf-8", newline="\n")
        self.fields = fields

    def write(self, row: dict[str, Any]) -> None:
        self.file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self.file.close()


class SheetWriter:
    def __init__(self, path: Path, fields: list[str]) -> None:
        openpyxl = load_openpyxl()
        self.path, self.fields, self.rows = path, fields, 1
        self.book = openpyxl.Workbook(write_only=True)
        self.sheet = self.book.create_sheet("Records")
        self.cell = openpyxl.cell.WriteOnlyCell
        self.sheet.append(fields)

    def write(self, row: dict[str, Any]) -> None:
        self.rows += 1
        if self.rows > LARGEST_SHEET:
            raise Failure(
                Exit.REFUSED, "A sheet of Excel has room for 1,048,575 records. Export to .csv instead."
            )
        self.sheet.append([self.build_cell(get_value(row, name)) for name in self.fields])

    def build_cell(self, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        text = format_cell(value)
        if not text:
            return None
        cell = self.cell(
            self.sheet, value="".join(letter for letter in text if letter >= " " or letter in "\t\n")
        )
        # A text that begins with = stays a text.
        cell.data_type = "s"
        return cell

    def close(self) -> None:
        self.book.save(self.path)


WRITERS: dict[str, Any] = {".csv": CsvWriter, ".jsonl": LineWriter, ".xlsx": SheetWriter}


def load_openpyxl() -> Any:
    try:
        import openpyxl
        import openpyxl.cell
    except ImportError as error:
        raise Failure(Exit.USAGE, NO_OPENPYXL) from error
    return openpyxl


@contextlib.contextmanager
def open_writer(path: Path, fields: list[str]) -> Iterator[Writer]:
    """Rows go to a file beside `path`, which takes its place when the block ends without an error."""
    writer_class = WRITERS[check_format(path)]
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}", suffix=path.suffix)
    except OSError as error:
        raise Failure(Exit.USAGE, f"{path} can't be written: {error.strerror}.") from error
    os.close(number)
    part = Path(name)
    try:
        writer = writer_class(part, fields)
        yield writer
        writer.close()
        part.replace(path)
    except OSError as error:
        raise Failure(Exit.USAGE, f"{path} can't be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
