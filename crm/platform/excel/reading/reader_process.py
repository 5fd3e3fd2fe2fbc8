"""The process that reads an untrusted file: separately, with little memory and time, and without Django.

    python -m crm.platform.excel.reading.reader_process  <  {"path": …, "name": …, "sheet": …, "encoding": …, "eastern": …}

It writes JSON lines: first what the file is, then chunks of rows [number, kinds, cells], with the targets of their links by
place if they have any, and at the end how many there were and the line of a quote that is never closed; or {"refused": code, "detail": …}. `kinds` has one letter per cell
(crm/platform/excel/reading/reader.py), or is '' if all cells are texts.
"""

import json
import re
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from crm.platform.excel.reading import csv_rows, html_rows, limits, xml_rows
from crm.platform.excel.reading.cell_links import Links, add_links, find_cell_links, get_targets
from crm.platform.excel.reading.csv_rows import UnclosedQuote
from crm.platform.excel.reading.document_links import find_document_links
from crm.platform.excel.reading.file_inspection import (
    RefusedFile,
    WorkbookParts,
    check_extent,
    check_unpacked_size,
    detect_file_kind,
    find_sheet_part,
)
from crm.platform.excel.reading.padded_numbers import PaddedColumn, apply_padding, find_padded_columns
from crm.platform.excel.reading.unreadable_cells import UncalculatedFormula, find_lost_cells
from crm.platform.excel.reading.used_range import Extent, get_column_number
from crm.platform.server.process_limits import limit_this_process

PORTION = 500
ERROR_TEXT = re.compile(r"#(?:N/A|DIV/0!|REF!|NAME\?|VALUE!|NUM!|NULL!)|Err:\d{3}")


def limit_memory(number: int) -> None:
    """Allow this many bytes from now on: the limit depends on the size measured in the file."""
    resource.setrlimit(resource.RLIMIT_DATA, (min(number, limits.MEMORY_BYTES), limits.MEMORY_BYTES))


def write_message(message: dict) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")))
    sys.stdout.write("\n")


def encode_cell(value: Any) -> tuple[str, str]:
    """The content of a cell as a letter and a text."""
    if isinstance(value, UncalculatedFormula):
        return "f", str(value)
    if isinstance(value, UnclosedQuote):
        return "q", str(value)
    if isinstance(value, str):
        return ("e" if value[:1] in "#E" and ERROR_TEXT.fullmatch(value) else "s"), value
    if isinstance(value, bool):
        return "b", "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return "n", repr(int(value)) if value == int(value) and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime):
        return "t", value.isoformat(" ")
    if isinstance(value, date):
        return "d", value.isoformat()
    if isinstance(value, time):
        return "c", value.isoformat()
    return "s", "" if value is None else str(value)


def encode_row(values: list) -> tuple[str, list[str]]:
    if all(type(value) is str for value in values) and not any(value[:1] in ("#", "E") for value in values):
        return "", values
    pairs = [encode_cell(value) for value in values]
    kinds = "".join(kind for kind, _text in pairs)
    return ("" if not kinds.strip("s") else kinds), [text for _kind, text in pairs]


def open_workbook_rows(
    path: Path, kind: str, wanted: str
) -> tuple[dict, Iterator[tuple[int, str, list[str]]]]:
    # Only processes that read a workbook have this library in memory.
    from python_calamine import (
        CalamineError,
        CalamineSheet,
        CalamineWorkbook,
        PasswordError,
        SheetVisibleEnum,
    )

    parts = check_unpacked_size(path) if kind != "xls" else WorkbookParts()
    if kind == "ods":
        check_extent(parts.extents.get("content.xml", Extent()))
    limit_memory(parts.memory if kind != "xls" else limits.FIRST_BYTES + 2 * path.stat().st_size)
    try:
        workbook = CalamineWorkbook.from_path(path)
        visible = [
            s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible and s.name
        ]
        names = [name for name in visible if name in workbook.sheet_names]
        if len(names) > limits.SHEETS:
            raise RefusedFile("sheets", str(limits.SHEETS))
        if wanted and wanted not in names:
            raise RefusedFile("sheet", wanted)
        if not names:
            raise RefusedFile("broken")
        part = ""
        for name in [wanted] if wanted else names:
            if kind == "xlsx":
                part = find_sheet_part(path, name)
                check_extent(parts.extents.get(part, Extent()))
            sheet: CalamineSheet = workbook.get_sheet_by_name(name)
            if sheet.start is not None:
                break
        lost = find_lost_cells(path, part) if part in parts.with_lost else {}
        padded = find_padded_columns(path, part) if kind == "xlsx" else []
        if kind == "ods":
            links = find_document_links(path, sheet.name) if parts.linked else {}
        else:
            links = find_cell_links(path, part, formulas=part in parts.with_lost) if kind == "xlsx" else {}
    except PasswordError:
        raise RefusedFile("password") from None
    except CalamineError as error:
        raise RefusedFile("password" if "assword" in str(error) else "broken") from None
    if sheet.start is None:
        raise RefusedFile("no_rows", sheet.name)
    if sheet.total_height > limits.ROWS + 100:
        raise RefusedFile("rows", f"{limits.ROWS:,}")
    found = {"sheets": names, "sheet": sheet.name, "about": sheet.total_height, "linked": bool(links)}
    return found, _read_sheet_rows(sheet, lost, padded, links)


def _read_sheet_rows(
    sheet, lost: dict[str, str], padded: list[PaddedColumn], links: Links
) -> Iterator[tuple[int, str, list[str]]]:
    indent = [""] * sheet.start[1]
    by_row: dict[int, list[tuple[int, str]]] = {}
    for address, text in lost.items():
        letters = address.rstrip("0123456789")
        by_row.setdefault(int(address[len(letters) :]), []).append(
            (get_column_number(letters.encode()) - 1, text)
        )
    number = 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        whole = apply_padding(_fill_lost_cells(indent + values, by_row.get(number, [])), number, padded)
        yield number, *encode_row(add_links(whole, links[number]) if number in links else whole)
    # The library stops at the last row it considers filled.
    for number in sorted(row for row in by_row if row > number):
        yield number, *encode_row(_fill_lost_cells([], by_row[number]))


def _fill_lost_cells(values: list, lost: list[tuple[int, str]]) -> list:
    for column, text in lost:
        values += [""] * (column + 1 - len(values))
        values[column] = text
    return values


def open_text_rows(path: Path, kind: str, asked: dict) -> tuple[dict, Iterator[tuple[int, str, list[str]]]]:
    read = html_rows.read_html_rows if kind == "html" else csv_rows.read_csv_rows
    found, rows = read(path, encoding=asked.get("encoding", ""), eastern=asked.get("eastern", True))
    return found, _read_text_rows(found, rows)


def _read_text_rows(found: dict, rows: Iterator[list[str]]) -> Iterator[tuple[int, str, list[str]]]:
    for number, values in enumerate(rows, start=1):
        if values and isinstance(values[-1], UnclosedQuote):
            found["unclosed"] = values[-1].line
        yield number, *encode_row(values)


def trim_and_limit_rows(rows: Iterator[tuple[int, str, list[str]]]) -> Iterator[tuple[int, str, list[str]]]:
    """Without empty rows and trailing empty cells; within the limits."""
    count = 0
    for number, kinds, cells in rows:
        width = len(cells)
        while width and not cells[width - 1]:
            width -= 1
        if not width or not any(text.strip() for text in cells[:width]):
            continue
        count += 1
        if count > limits.ROWS + 1:
            raise RefusedFile("rows", f"{limits.ROWS:,}")
        if width > limits.COLUMNS:
            raise RefusedFile("columns", str(limits.COLUMNS))
        if any(len(text) > limits.CELL_CHARACTERS for text in cells):
            raise RefusedFile("cell", str(number))
        if any("\0" in text for text in cells):
            # Written as _x0000_ in a workbook; databases can't store it.
            cells = [text.replace("\0", "") for text in cells]
        yield number, kinds[:width], cells[:width]


def read_file(asked: dict) -> None:
    path = Path(asked["path"])
    kind = detect_file_kind(path, asked["name"])
    if kind in ("text", "html"):
        found, rows = open_text_rows(path, kind, asked)
    elif kind == "xml":
        found, values = xml_rows.read_xml_rows(path, asked.get("sheet", ""))
        rows = ((number, *encode_row(row)) for number, row in values)
    else:
        found, rows = open_workbook_rows(path, kind, asked.get("sheet", ""))
    write_message({"kind": kind, **found})
    portion: list[tuple] = []
    count = 0
    for row in trim_and_limit_rows(rows):
        targets = get_targets(row[2]) if found.get("linked") else {}
        portion.append((*row, targets) if targets else row)
        count += 1
        if len(portion) == PORTION:
            write_message({"rows": portion})
            portion = []
    write_message({"rows": portion})
    if not count:
        raise RefusedFile("empty")
    write_message({"end": count, **({"unclosed": found["unclosed"]} if "unclosed" in found else {})})


def answer_request(asked: dict) -> None:
    """Say what the file is and its rows, or why it was rejected."""
    try:
        read_file(asked)
    except RefusedFile as refused:
        write_message({"refused": refused.code, "detail": refused.detail})
    except MemoryError:
        write_message({"refused": "memory"})
    except BaseException as error:
        # Any error in the library, including Rust panics, is caused by the file.
        write_message({"refused": "broken", "why": f"{type(error).__name__}: {error}"[:500]})


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    limit_this_process(limits.MEMORY_BYTES, limits.SECONDS)
    limit_memory(limits.FIRST_BYTES)
    answer_request(asked)


if __name__ == "__main__":
    main()
