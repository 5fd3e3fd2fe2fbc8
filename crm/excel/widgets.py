"""How cells of each kind become values and values become cells: django-import-export widgets, with sentences for
errors.

A widget gets what the reader found in a cell (crm/excel/read.py): str, bool, int, float, date, datetime or time.
"""

import datetime as clock
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from crm.excel.cells import CellKind
from crm.excel.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    as_day,
    as_moment,
    comes_twice,
    from_serial,
    in_reach,
    is_null_date,
    read_date,
)
from crm.excel.numbers import as_digits, read_number
from crm.fields.emails import tidy_email

YES = {
    "1",
    "yes",
    "y",
    "true",
    "x",
    "✓",
    "on",
    "da",
    "adevarat",
    "ja",
    "wahr",
    "oui",
    "vrai",
    "si",
    "tak",
    "igen",
    "ano",
}
NO = {"0", "no", "n", "false", "off", "-", "nu", "fals", "nein", "falsch", "non", "faux", "nie", "nem", "ne"}

SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


class Unknown(ValueError):
    """The cell names something that doesn't exist here; the user can decide once for all cells with this text."""


class Retired(Unknown):
    """The cell names something retired; `pk` is its ID."""

    def __init__(self, words: str, pk: Any) -> None:
        super().__init__(words)
        self.pk = pk


class CellWidget(Widget):
    """`kind` is the type of the cell; `clean` returns what the database column takes and raises ValueError."""

    kind = CellKind.TEXT
    # How `render` is called for each cell; None if the value can be written as is.
    rendering: Callable[[Any], Any] | None = None

    # The drop-downs of rows with certain values, and their number by value, from 1 on (crm/excel/cells.py, Column).
    other_choices: tuple[tuple[str, ...], ...] = ()
    number_of_choices: Mapping[Any, int] = MappingProxyType({})

    def prepare(self, user, *, day_first: bool = True, decimal: str = ".") -> None:
        """Set up what depends on the user, once before any cell."""

    def rendering_of_rows(self) -> Callable[[Any], Any] | None:
        """Like `rendering`, for the cells of many rows: what they have in common, such as the time zone, is looked up once."""
        return self.rendering

    def says_nothing(self, value: Any) -> bool:
        """Whether a cell with content means an empty one."""
        return False

    def untouched(self, now: Any, shown: str) -> bool:
        """Whether the cell differs from the written value only because a spreadsheet program reformatted it."""
        return False


def tidy(text: str) -> str:
    """As a form stores it: trimmed, with plain line breaks."""
    if "\r" not in text and "\0" not in text:
        return text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def text_of(value: Any) -> str:
    """The content of a cell as text: a number without ".0", a date in ISO format."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return as_digits(value)
    if isinstance(value, clock.datetime):
        return value.isoformat(" ", "seconds")
    return "" if value is None else str(value)


def validated(field: Field, value: Any) -> Any:
    """The value, if it passes the validators of its model field."""
    try:
        field.run_validators(value)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    return value


class TextCell(CellWidget):
    """A text validated by its model field. A long one that Excel may have truncated is never written back."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        if field.get_internal_type() == "TextField":
            self.rendering = tidy

    def clean(self, value, row=None, **keywords):
        return validated(self.field, text_of(value))


class EmailCell(TextCell):
    def clean(self, value, row=None, **keywords):
        return tidy_email(super().clean(value))


class PhoneCell(TextCell):
    """A phone number. A spreadsheet that opens a CSV file turns it into a number, without its + and leading zeros."""

    def clean(self, value, row=None, **keywords):
        text = super().clean(value)
        if SHORTENED.fullmatch(text):
            raise ValueError(_("A spreadsheet shortened this number. Enter all of its digits."))
        return text

    def untouched(self, now, shown):
        if now == shown or len(shown) < 6 or not shown.isdecimal():
            return False
        digits = "".join(letter for letter in now if letter.isdecimal())
        return shown.lstrip("0") == digits.lstrip("0")


class NumberCell(CellWidget):
    kind = CellKind.NUMBER

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.decimal = "."

    def prepare(self, user, *, day_first=True, decimal="."):
        self.decimal = decimal

    def clean(self, value, row=None, **keywords):
        text = text_of(value)
        if not text:
            return None
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        return validated(self.field, read_number(text, decimal="." if plain else self.decimal))


class DateCell(CellWidget):
    kind = CellKind.DATE

    def __init__(self) -> None:
        super().__init__()
        self.day_first = True

    def prepare(self, user, *, day_first=True, decimal="."):
        self.day_first = day_first

    def clean(self, value, row=None, **keywords):
        found = self.found(value)
        return None if found is None else as_day(found)

    def says_nothing(self, value):
        return is_null_date(text_of(value))

    def found(self, value: Any) -> clock.date | None:
        if isinstance(value, clock.date):
            in_reach(value.year)
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return from_serial(value)
        text = text_of(value)
        return read_date(text, day_first=self.day_first) if text else None


class MomentCell(DateCell):
    """A point in time; local in a workbook, because Excel has no time zones."""

    kind = CellKind.MOMENT

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.local

    def local(self, value: clock.datetime | None):
        return self.rendering_of_rows()(value)

    def rendering_of_rows(self) -> Callable[[clock.datetime | None], clock.datetime | None]:
        zone = timezone.get_current_timezone()
        return lambda value: value and value.astimezone(zone).replace(tzinfo=None)

    def clean(self, value, row=None, **keywords):
        found = self.found(value)
        if found is None:
            return None
        if found.year > LAST_YEAR:
            words = _("Enter a year from %(first)s to %(last)s.")
            raise ValueError(words % {"first": FIRST_YEAR, "last": LAST_YEAR})
        # Cells, forms and stored values have whole seconds. In the hours around a change of the clock, Python compares
        # times of different zones as if they were never equal.
        return as_moment(found).astimezone(clock.UTC).replace(microsecond=0)

    def untouched(self, now, shown):
        """When clocks go back, an hour comes twice: a cell, which has no time zone, doesn't say which one is meant."""
        if not now or not comes_twice(now):
            return False
        try:
            return self.found(shown) == self.local(now).replace(microsecond=0)
        except ValueError:
            return False


class YesNoCell(CellWidget):
    """Yes or no, in any of many languages; an empty cell means no."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.word

    def prepare(self, user, *, day_first=True, decimal="."):
        self.words = {True: _("yes"), False: _("no")}

    def word(self, value: bool) -> str:
        return self.words[bool(value)]

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.words.values())

    def clean(self, value, row=None, **keywords):
        text = text_of(value).casefold()
        if text in YES or text == self.words[True].casefold():
            return True
        if not text or text in NO or text == self.words[False].casefold():
            return False
        raise ValueError(_("Enter yes or no."))
