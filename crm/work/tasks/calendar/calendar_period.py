"""The day, the week or the month that a calendar shows; weeks and months in whole weeks from Monday to Sunday."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.fields.conditions.periods import get_first_day, subtract_months
from crm.work.tasks.listing.day_bounds import end_of_week

DAY, WEEK, MONTH = "day", "week", "month"
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class CalendarPeriod:
    """`day` is any day of it; `view` is DAY, WEEK or MONTH."""

    view: str
    day: date

    @property
    def begins(self) -> date:
        """The day itself, the Monday of the week, or the first of the month."""
        return self.day if self.view == DAY else get_first_day(self.day, self.view)

    @property
    def before(self) -> date:
        """A day of the period before."""
        return self.begins - timedelta(days=1)

    @property
    def after(self) -> date:
        """The first day of the period after it."""
        if self.view == MONTH:
            return subtract_months(self.begins, -1)
        return self.begins + timedelta(days=1 if self.view == DAY else 7)

    @property
    def first(self) -> date:
        """The day, or the Monday that is shown first; that of a month may be in the month before."""
        return self.day if self.view == DAY else get_first_day(self.begins, WEEK)

    @property
    def last(self) -> date:
        """The day, or the Sunday that is shown last."""
        return self.day if self.view == DAY else end_of_week(self.after - timedelta(days=1))

    @property
    def title(self) -> str:
        """“Friday, 27 November 2026”, “23 Nov – 29 Nov 2026”, “November 2026”."""
        if self.view == DAY:
            return date_format(self.day, "l, j F Y")
        if self.view == MONTH:
            return date_format(self.day, "F Y")
        days = {"first": date_format(self.first, "j M"), "last": date_format(self.last, "j M Y")}
        return _("%(first)s – %(last)s") % days

    def iterate_days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)
