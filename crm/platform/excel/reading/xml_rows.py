"""Rows of a workbook that is one XML file, as Excel 2003 and many web programs write it, called .xml or .xls. Runs in the reading process,
without Django.

The file is parsed twice, each time as a stream: for its sheets, and for the rows of one of them.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.parsers import expat  # nosec - what declares entities is refused

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.cell_links import add_links, get_formula_target
from crm.platform.excel.reading.file_inspection import PORTION, RefusedFile
from crm.platform.excel.reading.padded_numbers import PADS, format_padded_number
from crm.platform.excel.reading.unreadable_cells import UncalculatedFormula

BYTE_ORDER = b"\xef\xbb\xbf"
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?")
# Days before the calendar of Excel begins: only the time counts.
FIRST_YEAR = 1900
# Counted from 1; larger ones are no places of a sheet.
MOST_DIGITS = 8

Attributes = dict[str, str]
Value = str | float | bool | date | time | None


class SheetList:
    """The first pass: the sheets of the workbook with the number of their rows that have values, and those that are hidden."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.hidden: set[str] = set()
        self.sheet = ""
        self.in_visible = self.filled = False

    def start(self, tag: str, attributes: Attributes) -> None:
        self.in_visible = tag == "Visible"
        if tag == "Worksheet":
            self.sheet = attributes.get("Name", "")
            self.rows.setdefault(self.sheet, 0)
            if len(self.rows) > limits.SHEETS:
                raise RefusedFile("sheets", str(limits.SHEETS))
        elif tag == "Row":
            self.filled = False
        elif tag == "Data" and not self.filled:
            self.filled = True
            self.rows[self.sheet] = self.rows.get(self.sheet, 0) + 1

    def end(self, tag: str) -> None:
        self.in_visible = False

    def read_text(self, text: str) -> None:
        if self.in_visible and "Hidden" in text:
            self.hidden.add(self.sheet)


class SheetRows:
    """The second pass: the rows of one sheet. `done` says that the sheet has ended."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.rows: list[tuple[int, list[Any]]] = []
        self.here = self.done = self.in_row = False
        self.row = self.place = self.wide = self.span = 0
        self.values: list[Any] = []
        self.links: dict[int, str] = {}
        self.cell: Attributes = {}
        self.type: str | None = None
        self.texts: list[str] = []
        # How many elements are open in the text of a cell, and in its comment, whose text has the same name.
        self.deep = self.commented = self.length = 0
        self.style = ""
        self.patterns: dict[str, str] = {}

    def take_rows(self) -> list[tuple[int, list[Any]]]:
        taken, self.rows = self.rows, []
        return taken

    def start(self, tag: str, attributes: Attributes) -> None:
        if self.deep or self.commented:
            self.deep, self.commented = self.deep + bool(self.deep), self.commented + bool(self.commented)
        elif tag == "Worksheet":
            self.here = not self.done and attributes.get("Name", "") == self.sheet
        elif tag == "Style":
            self.style = attributes.get("ID", "")
        elif tag == "NumberFormat":
            self._keep_padding(attributes.get("Format", ""))
        elif self.here:
            self._start_in_sheet(tag, attributes)

    def _keep_padding(self, code: str) -> None:
        if code.count("0") > 1 and PADS.fullmatch(code):
            self.patterns[self.style] = code

    def _start_in_sheet(self, tag: str, attributes: Attributes) -> None:
        if tag == "Row":
            # Never a row again, whatever the file says.
            self.row = max(_read_index(attributes.get("Index")), self.row + 1)
            if self.row > limits.ROWS + 100:
                raise RefusedFile("rows", f"{limits.ROWS:,}")
            self.values, self.links, self.wide, self.in_row = [], {}, 0, True
            self.span = _read_index(attributes.get("Span"))
        elif tag == "Cell":
            self.place = _read_index(attributes.get("Index")) or self.wide + 1
            self.wide = self.place + _read_index(attributes.get("MergeAcross"))
            self.cell, self.type, self.texts, self.length = attributes, None, [], 0
        elif tag == "Comment":
            self.commented = 1
        elif tag == "Data" and self.in_row:
            self.type, self.deep = attributes.get("Type", "String"), 1

    def end(self, tag: str) -> None:
        if self.deep or self.commented:
            self.deep, self.commented = max(0, self.deep - 1), max(0, self.commented - 1)
        elif not self.here:
            return
        elif tag == "Cell" and self.in_row:
            self._end_cell()
        elif tag == "Row" and self.in_row:
            self.rows.append((self.row, add_links(self.values, self.links)))
            # So many further rows have its format.
            self.row += 0 if self.values else self.span
            self.in_row = False
        elif tag == "Worksheet":
            self.here, self.done = False, True

    def read_text(self, text: str) -> None:
        if self.deep and self.here:
            self.length += len(text)
            if self.length > limits.CELL_CHARACTERS:
                raise RefusedFile("cell", str(self.row))
            self.texts.append(text)

    def _end_cell(self) -> None:
        value = self._read_value()
        if value in ("", None):
            return
        if self.place > limits.COLUMNS:
            raise RefusedFile("columns", str(limits.COLUMNS))
        self.values += [""] * (self.place - len(self.values))
        self.values[self.place - 1] = value
        if target := self.cell.get("HRef") or get_formula_target(self.cell.get("Formula", "")):
            self.links[self.place - 1] = target

    def _read_value(self) -> Value:
        text = "".join(self.texts)
        if not text and (formula := self.cell.get("Formula")):
            return UncalculatedFormula(formula) if self.type is None else ""
        value = read_value(self.type or "String", text)
        pattern = self.patterns.get(self.cell.get("StyleID", ""))
        if pattern and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return format_padded_number(str(value), pattern)
        return value


class LocalNames(dict[str, str]):
    """Names of elements and attributes without their prefix."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(":")[2]
        return local


def read_value(type: str, text: str) -> Value:
    """The value of a cell; a text that isn't what its type says stays a text."""
    bare = text.strip()
    if type == "Number" and NUMBER.fullmatch(bare):
        return int(bare) if bare.isdecimal() and bare.isascii() else _shorten_number(float(bare))
    if type == "Boolean" and bare in ("0", "1"):
        return bare == "1"
    if type == "DateTime" and MOMENT.fullmatch(bare):
        return _read_moment(bare)
    return text


def _shorten_number(number: float) -> float:
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def _read_moment(text: str) -> Value:
    try:
        moment = datetime.fromisoformat(text.partition(".")[0])
    except ValueError:
        return text
    if moment.year < FIRST_YEAR:
        return moment.time()
    return moment.date() if moment.time() == time() else moment


def _read_index(text: str | None) -> int:
    """A number above zero, or 0."""
    return int(text[:MOST_DIGITS]) if text and text.isdecimal() else 0


def read_xml_rows(path: Path, wanted: str) -> tuple[dict, Iterator[tuple[int, list[Any]]]]:
    """The sheets, and the rows of one of them with their numbers: the one with this name, or the first one with rows. Raises RefusedFile,
    also while the rows are read."""
    found = SheetList()
    for _portion in _parse(path, found):
        pass
    names = [name for name in found.rows if name and name not in found.hidden]
    if wanted and wanted not in names:
        raise RefusedFile("sheet", wanted)
    if not names:
        raise RefusedFile("broken")
    sheet = wanted or next((name for name in names if found.rows[name]), names[0])
    if not found.rows[sheet]:
        raise RefusedFile("no_rows", sheet)
    told = {"sheets": names, "sheet": sheet, "about": found.rows[sheet], "linked": True}
    return told, _read_rows(path, sheet)


def _read_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    reader = SheetRows(sheet)
    for _portion in _parse(path, reader):
        yield from reader.take_rows()
        if reader.done:
            return


def _parse(path: Path, reader: SheetList | SheetRows) -> Iterator[None]:
    """Parse a file in portions. Names have no prefix: programs use several ones for the same."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    names = LocalNames()
    parser.StartDoctypeDeclHandler = _refuse_entities
    parser.StartElementHandler = lambda name, attributes: reader.start(
        names[name],
        {names[other]: value for other, value in attributes.items()} if attributes else attributes,
    )
    parser.EndElementHandler = lambda name: reader.end(names[name])
    parser.CharacterDataHandler = reader.read_text
    try:
        with path.open("rb") as file:
            begin = file.read(PORTION)
            # Programs write empty lines before the declaration.
            mark = BYTE_ORDER if begin.startswith(BYTE_ORDER) else b""
            parser.Parse(begin.removeprefix(mark).lstrip(), False)
            yield
            while data := file.read(PORTION):
                parser.Parse(data, False)
                yield
            parser.Parse(b"", True)
            yield
    except (expat.ExpatError, LookupError, ValueError):
        raise RefusedFile("broken") from None


def _refuse_entities(*_declared: Any) -> None:
    raise RefusedFile("suspicious")
