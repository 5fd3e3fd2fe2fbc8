"""Dates as people write them: 2026-11-20, 20.11.2026, 11/20/26, "23 May, 2012 00:00:00", "Wed, 3 mai 2026 14:05"."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import cache

from django.utils import dateparse, timezone, translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_ALT, MONTHS_AP
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.platform.excel.writing.cell_values import DAY_ZERO

# How a form asks for the order in texts such as 3.5.2026.
DAY_ORDERS = [("day", _lazy("Day first: 31.12.2026")), ("month", _lazy("Month first: 12/31/2026"))]

# The languages in which month names are recognized, in addition to the user's own.
MONTH_LANGUAGES = [
    "en",
    "ro",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "cs",
    "sk",
    "hu",
    "bg",
    "hr",
    "sl",
    "sv",
    "da",
    "nb",
    "fi",
    "tr",
]

CLOCK = r"(?:[T ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){CLOCK}")
YEAR_LAST = re.compile(rf"(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{4}}|\d{{2}})\.?{CLOCK}")
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
DAY_MONTH = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+)?(\d{{1,2}})\.?(?:st|nd|rd|th|er)?[\s-]+(?:de\s+)?([^\W\d_]+)\.?,?[\s-]+(?:de\s+)?(\d{{4}}|\d{{2}}){CLOCK}"
)
MONTH_DAY = re.compile(
    rf"(?:[^\W\d_]+\.?,\s+)?([^\W\d_]+)\.?[\s-]+(\d{{1,2}})(?:st|nd|rd|th)?,?[\s-]+(\d{{4}}|\d{{2}}){CLOCK}"
)

# Four-digit years before this one are typos: no record is that old.
FIRST_YEAR = 1900
# No time zone could be applied to the last days of the last year that Python knows.
LAST_YEAR = 9998
# What programs write for a date that was never set: .NET's DateTime.MinValue and MySQL's zero date. They are read as
# empty cells; otherwise every row of the column would have an error.
NULL_DATES = re.compile(
    r"0001-01-01(?:[T ]00:00(?::00(?:[.,]0+)?)?Z?)?|0000-00-00(?: 00:00:00)?"
    r"|0?1[./-]0?1[./-]0001(?: (?:00?|12):00(?::00)?(?: ?AM)?)?",
    re.IGNORECASE,
)

# Excel serial numbers for 1927 to 2119: a bare number in a date column.
FIRST_SERIAL, LAST_SERIAL = 10_000, 80_000


def parse_date(text: str, *, day_first: bool = True) -> date | datetime:
    """A date, or a datetime if the text has a time (naive means local time; aware if it has an offset).

    Raises ValueError with a sentence.
    """
    text = " ".join(text.split())
    if match := YEAR_FIRST.fullmatch(text):
        year, month, day, *clock = match.groups()
    elif match := YEAR_LAST.fullmatch(text):
        first, second, year, *clock = match.groups()
        day, month = (first, second) if day_first else (second, first)
    elif match := DIGITS.fullmatch(text):
        year, month, day, clock = *match.groups(), []
    elif match := DAY_MONTH.fullmatch(text):
        day, month, year, *clock = match.groups()
    elif match := MONTH_DAY.fullmatch(text):
        month, day, year, *clock = match.groups()
    else:
        return _parse_exact_date(text)
    found = _build_day(_parse_year(year), _parse_month(month), int(day))
    return datetime.combine(found, _build_time(*clock)) if clock and clock[0] else found


def _parse_exact_date(text: str) -> datetime:
    try:
        moment = dateparse.parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError(_("This isn’t a date. Enter a date like 2026-11-20."))
    require_supported_year(moment.year)
    return moment


def _parse_year(text: str) -> int:
    """Two-digit years are completed, others aren't."""
    year = int(text)
    if len(text) == 2:
        return year + (2000 if year < 70 else 1900)
    return require_supported_year(year)


def require_supported_year(year: int) -> int:
    """Raises ValueError for a year before FIRST_YEAR."""
    if year < FIRST_YEAR:
        raise ValueError(_("Enter a year from %(first)s on.") % {"first": FIRST_YEAR})
    return year


def is_null_date(text: str) -> bool:
    """Whether another program writes this for a missing date."""
    return bool(NULL_DATES.fullmatch(" ".join(text.split())))


def _parse_month(text: str) -> int:
    if text.isdigit():
        return int(text)
    names, text = get_month_names(), text.casefold()
    if text in names:
        return names[text]
    found = {month for name, month in names.items() if len(text) > 2 and name.startswith(text)}
    if len(found) != 1:
        raise ValueError(_("This isn’t a date. Enter a date like 2026-11-20."))
    return found.pop()


def _build_day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(_("There’s no month %(month)s. Enter a month from 1 to 12.") % {"month": month})
    if not 1 <= day <= 31:
        raise ValueError(_("This isn’t a date. Enter a date like 2026-11-20."))
    days = monthrange(year, month)[1]
    if day > days:
        raise ValueError(
            _("%(month)s has only %(days)s days.") % {"month": str(MONTHS[month]).capitalize(), "days": days}
        )
    return date(year, month, day)


def _build_time(hour: str, minute: str, second: str | None, half: str | None) -> time:
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    try:
        return time(hours, int(minute), int(second or 0))
    except ValueError:
        raise ValueError(_("This isn’t a time. Enter a time like 14:30.")) from None


@cache
def get_month_names() -> dict[str, int]:
    """The month of each name and abbreviation in all recognized languages, casefolded."""
    names: dict[str, int] = {}
    for language in [*MONTH_LANGUAGES[::-1], "en"]:
        with translation.override(language):
            for number in range(1, 13):
                for forms in (MONTHS, MONTHS_ALT, MONTHS_AP, MONTHS_3):
                    names[str(forms[number]).casefold().rstrip(".")] = number
    return names


def from_serial(number: float) -> date | datetime:
    """A date that lost its format and became an Excel serial number."""
    if not FIRST_SERIAL <= number <= LAST_SERIAL:
        raise ValueError(_("This is a number, not a date. Enter a date like 2026-11-20."))
    day = DAY_ZERO + timedelta(days=int(number))
    seconds = round(number % 1 * 86_400)
    return datetime.combine(day, time()) + timedelta(seconds=seconds) if seconds else day


def convert_to_day(value: date | datetime) -> date:
    """The day of a time, in the user's time zone."""
    if not isinstance(value, datetime):
        return value
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


def convert_to_moment(value: date | datetime) -> datetime:
    """A date means its midnight; a naive time is local."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value if timezone.is_aware(value) else timezone.make_aware(value)


def is_ambiguous_time(moment: datetime) -> bool:
    """Whether the clock of the current time zone shows this time twice, because it is set back."""
    local = timezone.localtime(moment)
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
