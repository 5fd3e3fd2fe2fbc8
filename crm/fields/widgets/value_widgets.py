"""How cells of each kind become values and values become cells: django-import-export widgets, with sentences for
errors.

A widget gets what the reader found in a cell (crm/platform/excel/reading/reader.py): str, bool, int, float, date, datetime or time.
"""

import datetime as clock
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from import_export.widgets import Widget

from crm.platform.excel.parsing.date_parsing import (
    FIRST_YEAR,
    LAST_YEAR,
    convert_to_day,
    convert_to_moment,
    from_serial,
    is_ambiguous_time,
    is_null_date,
    parse_date,
    require_supported_year,
)
from crm.platform.excel.parsing.number_parsing import (
    format_plain_number,
    is_unclear,
    parse_amount,
    parse_number,
    round_half_up,
)
from crm.platform.excel.parsing.yes_no import parse_yes_or_no
from crm.platform.excel.writing.cell_values import CellKind
from crm.platform.text.text_folding import fold_text

# Where a line or a word could be broken, and the mark at the beginning of a file: nobody sees them, and no search finds
# a name with one.
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
# The marks of the direction of writing with which Windows and WhatsApp enclose phones, and all spaces.
AROUND = (
    "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())
    + "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# A date of a spreadsheet that a CSV file has as a number.
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


class UnknownName(ValueError):
    """The cell names something that doesn't exist here; the user can decide once for all cells with this text."""


class RetiredName(UnknownName):
    """The cell names something retired; `pk` is its ID."""

    def __init__(self, words: str, pk: Any) -> None:
        super().__init__(words)
        self.pk = pk


@dataclass(frozen=True)
class CellReading:
    """What a cell of a file means: `value` is what the database column takes, `notes` say what was changed in the text to
    get it, `more` are further values of the same kind, `currencies` are the codes that the sign of an amount may mean."""

    value: Any
    notes: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()


class CellWidget(Widget):
    """`kind` is the type of the cell; `clean` returns what the database column takes and raises ValueError."""

    kind = CellKind.TEXT
    # How `render` is called for each cell; None if the value can be written as is.
    rendering: Callable[[Any], Any] | None = None

    # The drop-downs of rows with certain values, and their number by value, from 1 on (crm/platform/excel/writing/cell_values.py, Column).
    other_choices: tuple[tuple[str, ...], ...] = ()
    number_of_choices: Mapping[Any, int] = MappingProxyType({})

    def prepare(self, user, *, day_first: bool = True, decimal: str = ".", mixed: bool = False) -> None:
        """Set up what depends on the user and the column, once before any cell. `mixed` says that its numbers have decimal points and
        decimal commas: neither 1.234 nor 1,234 is clear."""

    def get_rendering_for_rows(self) -> Callable[[Any], Any] | None:
        """Like `rendering`, for the cells of many rows: what they have in common, such as the time zone, is looked up once."""
        return self.rendering

    def read(self, value: Any) -> CellReading:
        """What the cell of a file means, as a person would read it. Raises ValueError."""
        return CellReading(self.clean(value))

    def get_text_from_link(self, text: str, target: str) -> str:
        """What a cell means instead of its text if only the address that it leads to is a value of the field; else ''."""
        return ""

    def is_null_value(self, value: Any) -> bool:
        """Whether a cell with content means an empty one."""
        return False

    def is_only_reformatted(self, now: Any, shown: str) -> bool:
        """Whether the cell differs from the written value only because a spreadsheet program reformatted it."""
        return False


def normalize_text(text: str) -> str:
    """As a form stores it: trimmed, with plain line breaks, and without the invisible characters that come with copied text."""
    if "\r" in text or "\0" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = text.strip()
    return text if text.isascii() else INVISIBLE.sub("", text).strip(AROUND)


def get_cell_text(value: Any) -> str:
    """The content of a cell as text: a number without ".0", a date in ISO format."""
    if isinstance(value, str):
        return normalize_text(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return format_plain_number(value)
    if isinstance(value, clock.datetime):
        return value.isoformat(" ", "seconds")
    return "" if value is None else str(value)


def validate_value(field: Field, value: Any) -> Any:
    """The value, if it passes the validators of its model field."""
    try:
        field.run_validators(value)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    return value


def holds_three_decimals(field: Any) -> bool:
    """Whether 12.500 may be a number of this field with three decimals: as many digits as are between separators of thousands."""
    return (getattr(field, "decimal_places", None) or 0) >= 3


class NumberCell(CellWidget):
    kind = CellKind.NUMBER

    def __init__(self, field: Field, *, unit: str = "") -> None:
        """`unit` is a sign that may follow the number, such as "%"."""
        super().__init__()
        self.field, self.unit = field, unit
        self.decimal, self.mixed = ".", False

    def prepare(self, user, *, decimal=".", mixed=False, **keywords):
        self.decimal, self.mixed = decimal, mixed

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        if not text:
            return None
        return validate_value(self.field, parse_number(text, decimal=self._get_decimal_separator(value)))

    def _get_decimal_separator(self, value: Any) -> str:
        typed = isinstance(value, int | float) and not isinstance(value, bool)
        return "." if typed else self.decimal

    def _is_unclear(self, text: str, decimal: str) -> bool:
        if self.mixed:
            return is_unclear(text, ".") or is_unclear(text, ",")
        return not holds_three_decimals(self.field) and is_unclear(text, decimal)

    def read(self, value):
        text = get_cell_text(value).removesuffix(self.unit).rstrip()
        if not text:
            return CellReading(None)
        decimal = self._get_decimal_separator(value)
        amount = parse_amount(text, decimal=decimal)
        places = getattr(self.field, "decimal_places", None)
        if isinstance(value, str) and self._is_unclear(text, decimal):
            raise ValueError(_("This number can be read in two ways. Enter it without thousands separators."))
        if places is None:
            return CellReading(validate_value(self.field, amount.number), currencies=amount.currencies)
        number = round_half_up(amount.number, places)
        if number == amount.number:
            return CellReading(validate_value(self.field, number), currencies=amount.currencies)
        words = ngettext("Rounded to %(number)s decimal", "Rounded to %(number)s decimals", places)
        note = words % {"number": places} if places else _("Rounded to a whole number")
        return CellReading(validate_value(self.field, number), (note,), currencies=amount.currencies)


class DateCell(CellWidget):
    kind = CellKind.DATE

    def __init__(self) -> None:
        super().__init__()
        self.day_first = True

    def prepare(self, user, *, day_first=True, **keywords):
        self.day_first = day_first

    def clean(self, value, row=None, **keywords):
        found = self.parse_value(value)
        return None if found is None else convert_to_day(found)

    def is_null_value(self, value):
        return is_null_date(get_cell_text(value))

    def parse_value(self, value: Any) -> clock.date | None:
        if isinstance(value, clock.date):
            require_supported_year(value.year)
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return from_serial(value)
        text = get_cell_text(value)
        if SERIAL.fullmatch(text):
            return from_serial(float(text))
        return parse_date(text, day_first=self.day_first) if text else None


class MomentCell(DateCell):
    """A point in time; local in a workbook, because Excel has no time zones."""

    kind = CellKind.MOMENT

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.convert_to_local

    def convert_to_local(self, value: clock.datetime | None):
        return self.get_rendering_for_rows()(value)

    def get_rendering_for_rows(self) -> Callable[[clock.datetime | None], clock.datetime | None]:
        zone = timezone.get_current_timezone()
        return lambda value: value and value.astimezone(zone).replace(tzinfo=None)

    def clean(self, value, row=None, **keywords):
        found = self.parse_value(value)
        if found is None:
            return None
        if found.year > LAST_YEAR:
            words = _("Enter a year from %(first)s to %(last)s.")
            raise ValueError(words % {"first": FIRST_YEAR, "last": LAST_YEAR})
        # Cells, forms and stored values have whole seconds. In the hours around a change of the clock, Python compares
        # times of different zones as if they were never equal.
        return convert_to_moment(found).astimezone(clock.UTC).replace(microsecond=0)

    def is_only_reformatted(self, now, shown):
        """When clocks go back, an hour comes twice: a cell, which has no time zone, doesn't say which one is meant."""
        if not now or not is_ambiguous_time(now):
            return False
        try:
            return self.parse_value(shown) == self.convert_to_local(now).replace(microsecond=0)
        except ValueError:
            return False


class YesNoCell(CellWidget):
    """Yes or no, in any of many languages; an empty cell means no."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.format_value

    def prepare(self, user, **keywords):
        self.words = {True: _("yes"), False: _("no")}

    def format_value(self, value: bool) -> str:
        return self.words[bool(value)]

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.words.values())

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        if not text:
            return False
        found = parse_yes_or_no(text)
        if found is None:
            found = {fold_text(word): said for said, word in self.words.items()}.get(fold_text(text))
        if found is None:
            raise ValueError(_("Enter yes or no."))
        return found
