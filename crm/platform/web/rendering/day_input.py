"""The fields for a day, for a point in time and for a time of day: a text as every page shows it, "25 Nov 2026", "14:30"; beside a
day is a calendar.

The browser's own field would show a day and a clock as the browser does, which may differ from the page. Without JavaScript,
the text alone is typed.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import DateTimeBaseInput
from django.http import QueryDict
from django.utils import dateparse, timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.platform.excel.parsing.date_parsing import FIRST_YEAR, parse_date
from crm.platform.text.day_words import read_day_word

DAY = "j M Y"
DAY_ERROR = _("Enter a date like 25 Nov 2026.")
MOMENT_ERROR = _("Enter a date and a time like 25 Nov 2026, 14:30.")
TIME_ERROR = _("Enter a time like 14:30.")
# "14:30", "14.30", "1430", "9", "2:30 pm", as stored also with seconds
CLOCK = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
HINT = _("e.g. %(example)s")
EXAMPLE = datetime.fromisoformat("2026-11-25T14:30")


def read_day(text: str) -> date | None:
    """A day as people write it, day first, or as 2026-11-25; None for ''. Raises ValidationError with a sentence."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        found = _parse_or_none(text)
    if found is None or isinstance(found, datetime):
        raise ValidationError(DAY_ERROR, code="invalid")
    return found


def read_moment(text: str) -> datetime | None:
    """A day with a time, naive if it names no time zone; None for ''. Raises ValidationError with a sentence."""
    if not text.strip():
        return None
    found = _parse_or_none(text) or _parse_iso_or_none(text.strip())
    if not isinstance(found, datetime):
        raise ValidationError(MOMENT_ERROR, code="invalid")
    return found


def read_typed_day(text: str, *, looks_back: bool = False) -> date | None:
    """The same, or a word for it, on the reader's calendar. Where people look back, "Friday" is the last one."""
    return read_day_word(text, timezone.localdate(), looks_back=looks_back) or read_day(text)


def replace_day_words(data: QueryDict, names: Iterable[str], *, looks_back: bool) -> QueryDict:
    """A URL with the days that the words in these parameters mean now: the link means the same days tomorrow."""
    found = data.copy()
    for name in names:
        if day := read_day_word(data.get(name, ""), timezone.localdate(), looks_back=looks_back):
            found[name] = day.isoformat()
    return found


def read_typed_moment(text: str, *, looks_back: bool = False) -> datetime | None:
    """The same as `read_moment`, or a word for a day with a time, such as "tomorrow 14:30"."""
    parts, today = re.findall(r"[^,\s]+", text), timezone.localdate()
    for place in range(1, len(parts)):
        if day := read_day_word(" ".join(parts[:place]), today, looks_back=looks_back):
            try:
                return datetime.combine(day, _parse_clock(" ".join(parts[place:])))
            except ValidationError:
                continue
    return read_moment(text)


def read_clock(text: str) -> time | None:
    """A time of day as people write it, by 24 hours or by 12; None for ''. Raises ValidationError with a sentence."""
    return _parse_clock(text.strip()) if text.strip() else None


def _parse_clock(text: str) -> time:
    found = CLOCK.fullmatch(text)
    try:
        hour, minute, half = found.groups(default="") if found else ("", "", "")
        if half and not 1 <= int(hour) <= 12:
            raise ValueError
        shift = 12 * (half.lower() == "p") - 12 * (bool(half) and int(hour) == 12)
        return time(int(hour) + shift, int(minute or 0))
    except ValueError:
        raise ValidationError(TIME_ERROR, code="invalid") from None


def _parse_or_none(text: str) -> date | datetime | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _parse_iso_or_none(text: str) -> datetime | None:
    """A day alone is none: Django would read its first moment."""
    try:
        return dateparse.parse_datetime(text) if ":" in text else None
    except ValueError:
        return None


class _TypedInput(DateTimeBaseInput):
    """Reads what was typed, and hands ISO to the form's field; a text that can't be read is handed over and shown as it is."""

    template_name = "forms/_day_input.html"
    input_type = "text"
    # The type of the browser's own field that the button beside it opens; '' without a button.
    picker = ""

    def __init__(
        self, attrs: dict[str, Any] | None = None, format: str | None = None, *, looks_back: bool = False
    ) -> None:
        """`looks_back` says that the form asks for what has happened, so that "Friday" is the last one rather than the next."""
        super().__init__(attrs, format)
        self.looks_back = looks_back

    def read(self, text: str) -> date | time | None:
        raise NotImplementedError

    def read_without_words(self, text: str) -> date | time | None:
        return self.read(text)

    def is_in_words(self, text: str) -> bool:
        """Whether only people write a text that is read here: a program that sends "tomorrow" means something else."""
        try:
            self.read_without_words(text)
        except ValidationError:
            return self._is_readable(text)
        return False

    def _is_readable(self, text: str) -> bool:
        try:
            return self.read(text) is not None
        except ValidationError:
            return False

    def write(self, value: Any) -> str:
        raise NotImplementedError

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = {"autocomplete": "off", "placeholder": str(HINT) % {"example": self.write(EXAMPLE)}}
        if self.picker:
            own["data-picker"] = self.picker
        context["widget"]["attrs"] = own | context["widget"]["attrs"]
        context["months"] = "|".join(date_format(EXAMPLE.replace(month=month), "M") for month in range(1, 13))
        return context

    def format_value(self, value: Any) -> str:
        if isinstance(value, str):
            try:
                value = self.read(value)
            except ValidationError:
                return value
        return self.write(value) if value else ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = data.get(name)
        try:
            found = self.read(text) if isinstance(text, str) else None
        except ValidationError:
            return text
        return found.isoformat() if found else text


class DayInput(_TypedInput, forms.DateInput):
    picker = "date"

    def read(self, text: str) -> date | None:
        return read_typed_day(text, looks_back=self.looks_back)

    def read_without_words(self, text: str) -> date | None:
        return read_day(text)

    def write(self, value: date) -> str:
        """A year that isn't read in words is written in digits."""
        return date_format(value, DAY) if value.year >= FIRST_YEAR else value.strftime("%Y-%m-%d")


class DayTimeInput(_TypedInput, forms.DateTimeInput):
    """On the reader's clock; with seconds if it has any."""

    picker = "datetime-local"

    def read(self, text: str) -> date | None:
        return read_typed_moment(text, looks_back=self.looks_back)

    def read_without_words(self, text: str) -> date | None:
        return read_moment(text)

    def write(self, value: datetime) -> str:
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return date_format(local, f"{DAY}, H:i:s" if local.second else f"{DAY}, H:i")


class DayOrMomentInput(DayInput):
    """A day, or a day with a time on the reader's clock. The calendar knows days only, so a time is typed."""

    def read(self, text: str) -> date | None:
        try:
            return read_typed_moment(text, looks_back=self.looks_back)
        except ValidationError:
            return read_typed_day(text, looks_back=self.looks_back)

    def write(self, value: date) -> str:
        return DayTimeInput().write(value) if isinstance(value, datetime) else super().write(value)


class TimeInput(_TypedInput, forms.TimeInput):
    """By 24 hours, as every page shows a time of day."""

    template_name = forms.TimeInput.template_name

    def read(self, text: str) -> time | None:
        return read_clock(text)

    def write(self, value: time) -> str:
        return f"{value:%H:%M}"


def set_typed_widget(field: Any) -> None:
    """Give a field for a day its widget, and this one and those for a point in time and a time of day their sentences."""
    widget = field.widget
    if type(widget) is forms.DateInput:
        field.widget = DayInput(widget.attrs)
        field.widget.is_required = widget.is_required
    if type(field.widget) is DayInput:
        field.input_formats = ["%Y-%m-%d"]
        field.error_messages["invalid"] = DAY_ERROR
    elif isinstance(widget, DayTimeInput):
        field.input_formats = ["%Y-%m-%dT%H:%M:%S"]
        field.error_messages["invalid"] = MOMENT_ERROR
    elif isinstance(widget, TimeInput):
        field.error_messages["invalid"] = TIME_ERROR
