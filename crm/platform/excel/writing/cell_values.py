"""Columns of a written table and how their values become cells: text stays text, dates are dates."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

# Excel's limits: rows and columns in a sheet, characters in a cell (counted as UTF-16).
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767

# The last two styles in styles.xml (crm/platform/excel/writing/workbook_xml.py) are for headers and wrapped text.
PLAIN, TEXT_STYLE, DATE_STYLE, MOMENT_STYLE, HEADING_STYLE, WRAPPED_STYLE = range(6)

# Excel treats 1900 as a leap year: serial numbers are correct from March 1, 1900; earlier dates are written as text.
DAY_ZERO = date(1899, 12, 30)
DAYS_BEFORE = DAY_ZERO.toordinal()
FIRST_DAY = date(1900, 3, 1).toordinal() - DAYS_BEFORE

# Of a column of texts, so many different ones are remembered as cells, none of them longer than this.
REMEMBERED_TEXTS, REMEMBERED_CHARACTERS = 1_000, 100

# What XML can't contain unescaped; `_x0041_` would be read as a letter. A row is searched with NUL between its cells.
AWKWARD = re.compile("[&<>\x01-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|\0[ \u00a0]|[ \u00a0]\0")
ESCAPED = re.compile("[&<>\x01-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
# The last two are characters that no XML document may contain.
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\ufffe": "", "\uffff": ""}


class CellKind(Enum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class SheetColumn:
    """A column of a table. `width` is in characters; `choices` become a drop-down that also allows other values.

    `other_choices` are drop-downs of single rows: a row with 2 in the column at `numbers_in` (1 is the first) has the second
    one. A row without a number has `choices`.
    """

    heading: str
    kind: CellKind = CellKind.TEXT
    width: float = 16
    hidden: bool = False
    choices: tuple[str, ...] = ()
    other_choices: tuple[tuple[str, ...], ...] = ()
    numbers_in: int = 0

    @property
    def style(self) -> int:
        return {CellKind.DATE: DATE_STYLE, CellKind.MOMENT: MOMENT_STYLE, CellKind.NUMBER: PLAIN}.get(
            self.kind, TEXT_STYLE
        )


def get_column_letters(number: int) -> str:
    """The letters of a column: 1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def escape_xml(text: str) -> str:
    """The text as XML. Control characters become `_x0001_`, which all readers convert back."""
    return ESCAPED.sub(lambda found: NAMED.get(found[0], f"_x{ord(found[0]):04X}_"), text)


def truncate_to_cell(text: str) -> str:
    """The part of a text that fits into a cell."""
    if len(text) * 2 <= CELL_CHARACTERS:
        return text
    return text.encode("utf-16-le")[: CELL_CHARACTERS * 2].decode("utf-16-le", "ignore")


def convert_to_serial(value: date | datetime) -> float | int | None:
    """A date as an Excel serial number, a time in local time; None for dates that Excel can't represent."""
    days = value.toordinal() - DAYS_BEFORE
    if days < FIRST_DAY:
        return None
    if not isinstance(value, datetime):
        return days
    return round(days + (value.hour * 3600 + value.minute * 60 + value.second) / 86_400, 10)


class RowWriter:
    """Turns rows of values into the XML of a sheet. None or '' is an empty cell.

    `cut_cells` counts the texts that were too long for a cell.
    """

    def __init__(self, columns: Sequence[SheetColumn]) -> None:
        self.columns = columns
        self.cut_cells = 0
        self.blank = [""] * len(columns)
        # A cell begins with its column; the number of the row and the rest follow.
        self.begins = [f'<c r="{get_column_letters(place)}' for place, _column in enumerate(columns, start=1)]
        self.styles = [f'" s="{column.style}"' if column.style else '"' for column in columns]
        self.texts = [place for place, column in enumerate(columns) if column.kind is CellKind.TEXT]
        # By column, the rest of the cell of each text that came before: most columns have few different ones. None for a
        # column that has many.
        self.known: list[dict[str, str] | None] = [{} for _column in columns]
        self.others: list[tuple[int, Callable[[Any], Any]]] = [
            (place, str if column.kind is CellKind.NUMBER else convert_to_serial)
            for place, column in enumerate(columns)
            if column.kind is not CellKind.TEXT
        ]

    def render_row(self, number: int, values: Sequence[Any]) -> str:
        """One row of the sheet; `number` starts at 1."""
        cells = self.blank.copy()
        at = str(number)
        begins, styles, known = self.begins, self.styles, self.known
        # The texts of columns with many different ones are searched together: hardly any of them has to be escaped.
        various = []
        for place in self.texts:
            value = values[place]
            if value:
                rests = known[place]
                if rests is None:
                    various.append(value)
                    cells[place] = (
                        f'{begins[place]}{at}{styles[place]} t="inlineStr"><is><t>{value}</t></is></c>'
                    )
                else:
                    rest = rests.get(value) or self._render_new_text(place, value)
                    cells[place] = f"{begins[place]}{at}{rest}"
        joined = "\0".join(various)
        if AWKWARD.search(f"\0{joined}\0") or len(joined) * 2 > CELL_CHARACTERS:
            for place in self.texts:
                if known[place] is None and (value := values[place]):
                    cells[place] = f"{begins[place]}{at}{self._render_text(place, value)}"
        for place, render in self.others:
            value = values[place]
            if value is not None and value != "":
                shown = render(value)
                if shown is None:
                    cells[place] = f"{begins[place]}{at}{self._render_text(place, str(value)[:16])}"
                else:
                    cells[place] = f"{begins[place]}{at}{styles[place]}><v>{shown}</v></c>"
        return f'<row r="{at}">{"".join(cells)}</row>'

    def _render_new_text(self, place: int, value: str) -> str:
        """The rest of a cell whose text wasn't in its column before, or is too long to be remembered."""
        rests = self.known[place]
        rest = self._render_text(place, value)
        if rests is not None and len(value) <= REMEMBERED_CHARACTERS:
            rests[value] = rest
            if len(rests) > REMEMBERED_TEXTS:
                self.known[place] = None
        return rest

    def _render_text(self, place: int, value: str) -> str:
        """What follows the number of the row in the cell of a text."""
        fitting = truncate_to_cell(value)
        if len(fitting) < len(value):
            self.cut_cells += 1
        if len(fitting) == len(value) and not AWKWARD.search(f"\0{value}\0"):
            return f'{self.styles[place]} t="inlineStr"><is><t>{value}</t></is></c>'
        return f'{self.styles[place]} t="inlineStr"><is><t xml:space="preserve">{escape_xml(fitting)}</t></is></c>'


def format_utc(moment: datetime) -> str:
    """A time for the document properties."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
