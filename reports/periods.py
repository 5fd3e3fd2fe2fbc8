"""The period of a report: relative ones such as the last 90 days, or two days, both included; and the one to compare it with."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import DateField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.fields import periods
from crm.fields.periods import in_words_of_period, within

DEFAULT, BETWEEN = "last90", "between"
LABELS = {
    "last7": _lazy("Last 7 days"),
    "last30": _lazy("Last 30 days"),
    "last90": _lazy("Last 90 days"),
    "last365": _lazy("Last 365 days"),
    "this_month": _lazy("This month"),
    "last_month": _lazy("Last month"),
    "this_year": _lazy("This year"),
    "last_year": _lazy("Last year"),
    "all": _lazy("All time"),
    BETWEEN: _lazy("Between two days"),
}
# A page compares the numbers at its top with the time before, unless its URL says otherwise.
NOT_COMPARED, AT_TOP = "none", "top"
COMPARED = {
    NOT_COMPARED: _lazy("None"),
    AT_TOP: _lazy("The same time before, top numbers only"),
    "before": _lazy("The same time before"),
    "year": _lazy("The same time a year ago"),
}


@dataclass(frozen=True)
class Period:
    """`first` and `last` are days in the reader's time zone, both included; None leaves an end open."""

    name: str
    first: date | None
    last: date | None

    def of(self, moment: str) -> Q:
        """The rows whose moment lies in it."""
        return within(moment, self.first, self.last, dates=False)

    @property
    def words(self) -> str:
        return in_words_of_period(self.first, self.last) or str(LABELS["all"])

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1 if self.first and self.last else 0

    def compared(self, how: str) -> "Period | None":
        """The period before of as many days, or the same days a year ago."""
        if not self.first or not self.last or how not in ("before", "year"):
            return None
        if how == "before":
            try:
                return Period(BETWEEN, self.first - timedelta(self.days), self.first - timedelta(1))
            except OverflowError:
                # As long as all time before.
                return None
        return Period(BETWEEN, _year_ago(self.first), _year_ago(self.last))


def _year_ago(day: date) -> date:
    """28 February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def read_period(data: QueryDict) -> tuple[Period, list[str]]:
    """The period of a URL and what is wrong with it, in sentences. What can't be read becomes the usual period."""
    name = data.get("period") or DEFAULT
    if name != BETWEEN:
        return (_named(name), []) if name in LABELS else (_named(DEFAULT), [_unknown()])
    try:
        first, last = (DateField(required=False).clean(data.get(end, "")) for end in ("from", "to"))
    except ValidationError as error:
        return _named(DEFAULT), list(error.messages)
    if not first or not last:
        return _named(DEFAULT), [_("Enter the first and the last day of the period.")]
    if first > last:
        return _named(DEFAULT), [_("The period ends before it begins. Enter a later last day.")]
    if first.year < EARLIEST:
        return _named(DEFAULT), [_("Enter days from the year %(year)s on.") % {"year": EARLIEST}]
    return Period(BETWEEN, first, last), []


# Comparing and time zones need days before the first one.
EARLIEST = 1900


def _unknown() -> str:
    return _("This period isn’t available. Choose one from the list.")


def _named(name: str) -> Period:
    today = timezone.localdate()
    years = {
        "last365": (today - timedelta(364), today),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "all": (None, None),
    }
    first, last = years[name] if name in years else periods.days(name)
    return Period(name, first, last)
