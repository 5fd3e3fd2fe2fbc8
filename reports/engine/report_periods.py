"""The period of a report: relative ones such as the last 90 days, or two days, both included; and the one to compare it with."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.fields.conditions import periods
from crm.fields.conditions.periods import (
    PERIOD_REVERSED,
    build_period_condition,
    describe_period,
    get_first_day,
    subtract_months,
)
from crm.platform.web.rendering.day_input import read_typed_day

DEFAULT, TODAY, BETWEEN = "last90", "today", "between"
LABELS = {
    TODAY: _lazy("Today"),
    "yesterday": _lazy("Yesterday"),
    "last7": _lazy("Last 7 days"),
    "last30": _lazy("Last 30 days"),
    "last90": _lazy("Last 90 days"),
    "last365": _lazy("Last 365 days"),
    "this_week": _lazy("This week"),
    "last_week": _lazy("Last week"),
    "this_month": _lazy("This month"),
    "last_month": _lazy("Last month"),
    "this_quarter": _lazy("This quarter"),
    "last_quarter": _lazy("Last quarter"),
    "this_year": _lazy("This year"),
    "last_year": _lazy("Last year"),
    "all": _lazy("All time"),
    BETWEEN: _lazy("Between two days"),
}
# The parameters of the two days.
ENDS = ("from", "to")
# A page compares the numbers at its top with the time before, unless its URL says otherwise.
NOT_COMPARED, AT_TOP = "none", "top"
COMPARISON_LABELS = {
    NOT_COMPARED: _lazy("None"),
    AT_TOP: _lazy("Previous period, totals only"),
    "before": _lazy("Previous period"),
    "year": _lazy("Same period last year"),
}
# The step of periods of the calendar, in months. A whole one ended before today, the others run until today.
MONTHS = {
    "this_month": 1,
    "last_month": 1,
    "this_quarter": 3,
    "last_quarter": 3,
    "this_year": 12,
    "last_year": 12,
}
WHOLE = ("last_month", "last_quarter", "last_year")
# A year ago, a week is compared with the one of the same weekdays.
WEEKS, DAYS_OF_YEAR_OF_WEEKS = ("this_week", "last_week"), 364


@dataclass(frozen=True)
class ReportPeriod:
    """`first` and `last` are days in the reader's time zone, both included; None leaves an end open."""

    name: str
    first: date | None
    last: date | None

    def build_condition(self, moment: str) -> Q:
        """The rows whose moment lies in it."""
        return build_period_condition(moment, self.first, self.last, dates=False)

    @property
    def title(self) -> str:
        if self.first and self.first == self.last:
            return formats.date_format(self.first, "j F Y")
        return describe_period(self.first, self.last) or str(LABELS["all"])

    @property
    def since_title(self) -> str:
        """For numbers that compare its beginning with now."""
        if not self.first:
            return str(LABELS["all"])
        return _("Since %(day)s") % {"day": formats.date_format(self.first, "j F Y")}

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1 if self.first and self.last else 0

    def get_compared_period(self, how: str) -> "ReportPeriod | None":
        """The period to compare with: the same days of the month, quarter, year or week before, or of a year ago. Of other
        periods as many days right before."""
        if not self.first or not self.last or how not in ("before", "year"):
            return None
        if self.name in MONTHS:
            return self._get_period_months_ago(
                self.first, self.last, MONTHS[self.name] if how == "before" else 12
            )
        if how == "before":
            return _shift_period(self.first, self.last, self.days if self.name not in WEEKS else 7)
        if self.name in WEEKS:
            return _shift_period(self.first, self.last, DAYS_OF_YEAR_OF_WEEKS)
        return self._get_period_months_ago(self.first, self.last, 12)

    def _get_period_months_ago(self, first: date, last: date, months: int) -> "ReportPeriod | None":
        """Of a whole month all days, also if there are more or fewer. None if this was before the calendar begins."""
        try:
            if self.name in WHOLE:
                ends = subtract_months(last + timedelta(1), months) - timedelta(1)
            else:
                ends = subtract_months(last, months)
            return ReportPeriod(BETWEEN, subtract_months(first, months), ends)
        except ValueError:
            return None


def _shift_period(first: date, last: date, days: int) -> ReportPeriod | None:
    """None if this was before the calendar begins."""
    try:
        return ReportPeriod(BETWEEN, first - timedelta(days), last - timedelta(days))
    except OverflowError:
        return None


def get_asked_period(data: QueryDict) -> str:
    """The name of the period in a URL; days alone are a period between them."""
    return data.get("period") or (BETWEEN if any(data.get(end, "").strip() for end in ENDS) else DEFAULT)


def parse_period(data: QueryDict) -> tuple[ReportPeriod, list[str]]:
    """The period of a URL and what is wrong with it, in sentences. What can't be read becomes the usual period. Days may be words,
    such as "today": the form sends what was typed."""
    name = get_asked_period(data)
    if name != BETWEEN:
        return (
            (_get_named_period(name), [])
            if name in LABELS
            else (_get_named_period(DEFAULT), [_get_unknown_period_sentence()])
        )
    try:
        first, last = (read_typed_day(data.get(end, ""), looks_back=True) for end in ENDS)
    except ValidationError as error:
        return _get_named_period(DEFAULT), list(error.messages)
    if not first or not last:
        return _get_named_period(DEFAULT), [_("Enter the first and the last day of the period.")]
    if first > last:
        return _get_named_period(DEFAULT), [str(PERIOD_REVERSED)]
    if first.year < EARLIEST:
        return _get_named_period(DEFAULT), [_("Enter days from the year %(year)s on.") % {"year": EARLIEST}]
    return ReportPeriod(BETWEEN, first, last), []


# Comparing and time zones need days before the first one.
EARLIEST = 1900


def _get_unknown_period_sentence() -> str:
    return _("This period isn’t available. Choose one from the list.")


def _get_named_period(name: str) -> ReportPeriod:
    today = timezone.localdate()
    monday, quarter = get_first_day(today, "week"), get_first_day(today, "quarter")
    own = {
        "this_week": (monday, today),
        "last_week": (monday - timedelta(7), monday - timedelta(1)),
        "this_quarter": (quarter, today),
        "last_quarter": (subtract_months(quarter, 3), quarter - timedelta(1)),
        "last365": (today - timedelta(364), today),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "all": (None, None),
    }
    first, last = own[name] if name in own else periods.get_period_days(name)
    return ReportPeriod(name, first, last)
