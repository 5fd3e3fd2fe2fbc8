"""Where the texts of cells of an .ods file lead. All its sheets are in one part, which is scanned in chunks and not parsed: only rows with
links are looked at cell by cell. Runs in the reading process, without Django."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from crm.platform.excel.reading.cell_links import FOLLOWED, LinkCollection, Links, get_formula_target
from crm.platform.excel.reading.file_inspection import LINKED, read_portions
from crm.platform.excel.reading.used_range import (
    REPEATED_COLUMNS,
    REPEATED_ROWS,
    TablesScan,
    count_repetitions,
    count_rows,
    get_unread_rest,
)

TABLE = re.compile(rb"<table:table\s[^>]*>")
BEGIN_OF_ROW = b"<table:table-row"
NAME = re.compile(rb'\btable:name="([^"]*)"')
# What says that the cell that it is in leads somewhere.
LINK, LINK_OR_FORMULA = re.compile(rb"<text:a\s[^>]*>"), re.compile(rb"<text:a\s[^>]*>|HYPERLINK\(")
CELL, COVERED = TablesScan.CELL, TablesScan.COVERED
TARGET = re.compile(rb'\bxlink:href="([^"]*)"')
FORMULA = re.compile(rb'\btable:formula="(?:\w{1,10}:)?([^"]*)"')


def find_document_links(path: Path, sheet: str) -> Links:
    """The links of a sheet, by row and place of the column."""
    found = LinkCollection()
    with zipfile.ZipFile(path) as archive:
        for number, times, row in _iterate_rows(archive, sheet):
            for place, repeated, target in _iterate_links(row):
                if not found.add(range(number, number + times), range(place, place + repeated), target):
                    return found.by_row
    return found.by_row


def _iterate_rows(archive: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, int, bytes]]:
    """The rows of the sheet that have links: the number of each, how often it is repeated, and its content."""
    rest, named, number, end_of_row = b"", b"", 0, TablesScan.END_OF_ROW
    for data in read_portions(archive, "content.xml"):
        data, done = rest + data, 0
        while (end := data.find(end_of_row, done)) >= 0:
            part, done = data[done:end], end + len(end_of_row)
            for table in list(TABLE.finditer(part))[-1:] if b"<table:table " in part else ():
                name = NAME.search(table[0])
                named, number, part = name[1] if name else b"", 0, part[table.end() :]
            # Rows before the last one are empty: they have no closing tag.
            begin = part.rfind(BEGIN_OF_ROW)
            number += count_rows(part[: max(begin, 0)]) + 1
            content = part[begin:] if begin >= 0 else b""
            times = 1 + count_repetitions(REPEATED_ROWS, content[: content.find(b">")])
            if (
                any(mark in content for mark in LINKED)
                and unescape(named.decode("utf-8", "replace")) == sheet
            ):
                yield number, times, content
            number += times - 1
        rest = get_unread_rest(data, done)


def _iterate_links(row: bytes) -> Iterator[tuple[int, int, str]]:
    """The place of each cell that leads somewhere, how often it is repeated, and its first target."""
    place, counted, last = 0, 0, -1
    for mark in (LINK_OR_FORMULA if LINKED[1] in row else LINK).finditer(row):
        begin = row.rfind(CELL, 0, mark.start())
        if begin < 0 or begin == last:
            continue
        tag = row[begin : row.find(b">", begin) + 1]
        target = _get_linked_target(mark[0]) or _get_formula_target(tag)
        if not FOLLOWED.match(target):
            continue
        before = row[counted:begin]
        place += before.count(CELL) + before.count(COVERED) + count_repetitions(REPEATED_COLUMNS, before)
        counted = last = begin
        yield place, 1 + count_repetitions(REPEATED_COLUMNS, tag), target


def _get_linked_target(tag: bytes) -> str:
    found = TARGET.search(tag)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def _get_formula_target(tag: bytes) -> str:
    found = FORMULA.search(tag)
    return get_formula_target(unescape(found[1].decode("utf-8", "replace"))) if found else ""
