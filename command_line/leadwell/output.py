"""Data on standard output: a table for people, or JSON, JSON lines and CSV for scripts."""

import csv
import enum
import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from leadwell.kinds import Column
from leadwell.messages import build_console, clean_text

# On a narrower screen, columns of a higher rank are left away.
NARROW = ((70, 0), (80, 2), (110, 3))
# Excel calculates cells that begin so. Phone numbers such as +40 721 000 111 aren't calculated.
CALCULATED = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
GAP = "  "
NUMBER = re.compile(r"[+-] ?[\d(][\d .,()\u00a0\u202f]*")


class Format(enum.StrEnum):
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def write_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=not writes_utf8()) + "\n")


def write_json_lines(rows: Iterable[Any]) -> None:
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=not writes_utf8()) + "\n")


def writes_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def write_csv(rows: Iterable[dict[str, Any]], fields: Sequence[str]) -> None:
    """The fields in this order. A text that Excel would calculate gets a quote in front, as in the exports of Leadwell."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(fields)
    for row in rows:
        writer.writerow([guard(format_cell(get_value(row, name))) for name in fields])


def write_data(rows: Sequence[dict[str, Any]], fields: Sequence[str], output: Format) -> None:
    """Rows for a script, in each format but a table. `fields` are the columns of a CSV file."""
    if output is Format.JSON:
        write_json(rows)
    elif output is Format.JSONL:
        write_json_lines(rows)
    else:
        write_csv(rows, fields)


def guard(text: str) -> str:
    return f"'{text}" if CALCULATED.match(text) and not NUMBER.fullmatch(text) else text


def unguard(text: str) -> str:
    return text[1:] if text[:1] == "'" and CALCULATED.match(text[1:]) else text


def get_value(row: dict[str, Any], name: str) -> Any:
    """A field of a record; custom_fields.c12 and c12 are the same."""
    if name in row:
        return row[name]
    custom = row.get("custom_fields") or {}
    return custom.get(name.removeprefix("custom_fields."))


def format_cell(value: Any) -> str:
    """A value as text, as a file has it and an import reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        parts = [json.dumps(one, ensure_ascii=False) if isinstance(one, dict) else str(one) for one in value]
        return ", ".join(parts)
    if isinstance(value, dict):
        return str(value["id"]) if "id" in value else json.dumps(value, ensure_ascii=False)
    return str(value)


def format_shown(name: str, value: Any) -> str:
    """A value on screen: times without seconds in the time zone of this computer, amounts with their thousands."""
    text = clean_text(format_cell(value))
    if MOMENT.fullmatch(text):
        return f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M}"
    if name in ("value", "amount") and isinstance(value, int | float):
        return f"{value:,.2f}".removesuffix(".00")
    return text


def print_records(rows: list[dict[str, Any]], columns: Sequence[Column], *, errors: bool = False) -> None:
    """A table that fits the width of the screen. With `errors`, it belongs to a message."""
    console = build_console(errors=errors)
    ranks = [rank for width, rank in NARROW if console.width <= width]
    shown = [column for column in columns if not ranks or column.rank <= ranks[0]]
    print_rows(
        [column.heading for column in shown],
        [
            [
                " ".join(filter(None, (format_shown(name, get_value(row, name)) for name in column.fields)))
                for column in shown
            ]
            for row in rows
        ],
        errors=errors,
    )


def print_rows(
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    numbers: Iterable[int] = (),
    bold_last: bool = False,
    errors: bool = False,
) -> None:
    """One line for each row; what doesn't fit ends with an ellipsis. `numbers` are the columns aligned to the right."""
    console = build_console(errors=errors)
    written = [[clean_text(cell) for cell in row] for row in rows]
    needed = [max(cell_len(cells[place]) for cells in [heads, *written]) for place in range(len(heads))]
    widths = fit_widths(needed, console.width - len(GAP) * (len(heads) - 1))
    if title:
        console.print(Text(title, style="bold"))
    right = {*numbers, *([0] if list(heads[:1]) == ["ID"] else [])}
    table = Table(box=None, pad_edge=False, padding=(0, len(GAP), 0, 0))
    for place, head in enumerate(heads):
        table.add_column(
            Text(head, style="bold", overflow="ellipsis"),
            justify="right" if place in right else "left",
            width=widths[place],
            no_wrap=True,
            overflow="ellipsis",
        )
    for place, cells in enumerate(written):
        last = bold_last and place == len(written) - 1
        table.add_row(*(Text(cell, style="bold" if last else "") for cell in cells))
    console.print(table, no_wrap=True, crop=False)


def fit_widths(needed: Sequence[int], room: int) -> list[int]:
    """The widths of columns, of which the widest ones lose what there is no room for."""
    widths = list(needed)
    for _ in range(sum(widths) - max(room, 0)):
        widest = widths.index(max(widths))
        if widths[widest] <= 1:
            break
        widths[widest] -= 1
    return widths


def print_fields(record: dict[str, Any]) -> None:
    """One record: a line for each field that isn't empty."""
    console = build_console()
    values = {**record, **(record.get("custom_fields") or {})}
    values.pop("custom_fields", None)
    filled = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    width = max(map(len, filled), default=0)
    for name, value in filled.items():
        lines = format_shown(name, value) if not isinstance(value, str) else clean_lines(name, value)
        console.print(
            Text.assemble((name.ljust(width), "bold"), "  ", lines.replace("\n", "\n" + " " * (width + 2)))
        )


def clean_lines(name: str, text: str) -> str:
    return "\n".join(format_shown(name, line) for line in text.splitlines())
