"""Periods of days: relative ones such as the last 7 days, and those between two days, in the reader's time zone."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar

import django_filters
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.fields.conditions.field_filters import FROM, TO, CombinableFilter
from crm.platform.web.day_start import get_day_start
from crm.platform.web.rendering.day_input import read_day, read_typed_day

# A datetime is a date too.
Moment = TypeVar("Moment", bound=date)

BETWEEN = "between"
PERIOD_REVERSED = gettext_lazy("The period ends before it begins. Enter a later end.")
PAST_PERIODS = ["today", "yesterday", "last7", "last30", "last90", "this_month", "last_month", "this_year"]

FUTURE_PERIODS = ["overdue", "next7", "later"]


def get_period_days(name: str) -> tuple[date | None, date | None]:
    """A relative period as its first and last day, in the reader's time zone."""
    today = timezone.localdate()
    first = today.replace(day=1)
    before = first - timedelta(1)
    periods: dict[str, tuple[date | None, date | None]] = {
        "today": (today, today),
        "yesterday": (today - timedelta(1), today - timedelta(1)),
        "last7": (today - timedelta(6), today),
        "last30": (today - timedelta(29), today),
        "last90": (today - timedelta(89), today),
        "this_month": (first, today),
        "last_month": (before.replace(day=1), before),
        "this_year": (today.replace(month=1, day=1), today),
        "overdue": (None, today - timedelta(1)),
        "next7": (today, today + timedelta(6)),
        "later": (today + timedelta(7), None),
    }
    return periods[name]


def get_first_day(day: date, step: str) -> date:
    """The first day of its week, month and so on."""
    if step in ("day", "week"):
        return day - timedelta(day.weekday() if step == "week" else 0)
    months = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}
    return date(day.year, months[step], 1)


def subtract_months(moment: Moment, months: int) -> Moment:
    """The same day, or moment, so many months earlier; of a day that the month doesn't have, its last one."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


PERIODS = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "last7": gettext_lazy("last 7 days"),
    "last30": gettext_lazy("last 30 days"),
    "last90": gettext_lazy("last 90 days"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "this_year": gettext_lazy("this year"),
    "overdue": gettext_lazy("overdue"),
    "next7": gettext_lazy("next 7 days"),
    "later": gettext_lazy("later"),
    "none": gettext_lazy("none"),
}


class Period(CombinableFilter, django_filters.ChoiceFilter):
    """A relative period, or `between` with `<name>_from` and `<name>_to`, both included."""

    def __init__(self, *, label, column: str, periods: list[str], dates: bool = False) -> None:
        self.column, self.dates, self.looks_back = column, dates, looks_back(periods)
        choices = [(name, PERIODS[name]) for name in periods] + [(BETWEEN, gettext_lazy("between"))]
        super().__init__(label=label, choices=choices, empty_label=gettext_lazy("any"))

    @property
    def parameters(self):
        return [self.name, *get_day_parameters(self.name)]

    def get_ends(self, value: str) -> tuple[date | None, date | None]:
        if value != BETWEEN:
            return get_period_days(value)
        first, last = (read_day(self.parent.data.get(name, "")) for name in get_day_parameters(self.name))
        return first, last

    def build_condition(self, value):
        """An unreadable date is a ValidationError, and so is a period that ends before it begins."""
        if value == "none":
            return Q(**{f"{self.column}__isnull": True})
        first, last = self.get_ends(value)
        check_period_order(first, last)
        return build_period_condition(self.column, first, last, dates=self.dates)

    def describe_value(self, value: str) -> str:
        if value != BETWEEN:
            return str(PERIODS[value])
        try:
            first, last = self.get_ends(value)
        except forms.ValidationError:
            return ""
        return describe_period(first, last)


def looks_back(periods: Iterable[str]) -> bool:
    """Whether a field with these periods is asked for what has happened: none of them is still to come."""
    return not set(FUTURE_PERIODS) & set(periods)


def get_day_parameters(name: str) -> list[str]:
    """The URL parameters of the two days of a period."""
    return [f"{name}{FROM}", f"{name}{TO}"]


def apply_typed_days(data: QueryDict, name: str, *, once_between: bool = False) -> QueryDict:
    """The parameters in which days without a period mean "between". Where the period was between them before, it was set to "any"
    instead, so its days are left out, like those beside another period."""
    ends = get_day_parameters(name)
    if data.get(name) == BETWEEN or not any(end in data for end in ends):
        return data
    found = data.copy()
    if not found.get(name) and not once_between and any(found.get(end, "").strip() for end in ends):
        found[name] = BETWEEN
        return found
    for end in ends:
        found.pop(end, None)
    return found


def check_period_order(first: date | None, last: date | None) -> None:
    """Raises ValidationError with a sentence for a period that ends before it begins; an end may be open."""
    if first and last and first > last:
        raise forms.ValidationError(PERIOD_REVERSED, code="reversed")


def find_day_errors(data: QueryDict, name: str, *, looks_back: bool) -> dict[str, str]:
    """What a form sent for a period: the sentence for each of its two days that isn't one, or for a last day that is before the first,
    by parameter. Words for days are read."""
    found: dict[str, str] = {}
    days: list[date | None] = []
    for end in get_day_parameters(name) if data.get(name) == BETWEEN else ():
        try:
            days.append(read_typed_day(data.get(end, ""), looks_back=looks_back))
            if len(days) == 2:
                check_period_order(*days)
        except forms.ValidationError as error:
            found[end] = " ".join(error.messages)
    return found


def describe_period(first: date | None, last: date | None) -> str:
    if first and last:
        return _("%(first)s to %(last)s") % {
            "first": format_day_or_moment(first),
            "last": format_day_or_moment(last),
        }
    if first:
        return _("from %(first)s") % {"first": format_day_or_moment(first)}
    return _("until %(last)s") % {"last": format_day_or_moment(last)} if last else ""


def build_period_condition(column: str, first: date | None, last: date | None, *, dates: bool) -> Q:
    """The days from first to last, both included, in the reader's time zone; None leaves an end open. `dates` says that
    the column has days, not points in time."""
    condition = Q()
    if first:
        condition &= Q(**{f"{column}__gte": first if dates else get_day_start(first)})
    if last and dates:
        condition &= Q(**{f"{column}__lte": last})
    elif last and last < date.max:
        condition &= Q(**{f"{column}__lt": get_day_start(last + timedelta(1))})
    return condition


def format_day_or_moment(day: date) -> str:
    """A day, or a point in time on the reader's clock."""
    if isinstance(day, datetime):
        return formats.date_format(timezone.localtime(day), "j F Y, H:i")
    return formats.date_format(day, "j F Y")
