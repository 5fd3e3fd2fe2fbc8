"""The week or the month that a calendar shows, in whole weeks from Monday to Sunday."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.work.tasks.listing.day_bounds import end_of_week

WEEK, MONTH = "week", "month"
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class CalendarPeriod:
    """`day` is any day of it; `view` is WEEK or MONTH."""

    view: str
    day: date

    @property
    def first(self) -> date:
        """The Monday that it begins with; that of a month may be in the month before."""
        begins = self.day.replace(day=1) if self.view == MONTH else self.day
        return begins - timedelta(days=begins.weekday())

    @property
    def last(self) -> date:
        """The Sunday that it ends with."""
        return end_of_week(self._next_month() - timedelta(days=1) if self.view == MONTH else self.day)

    @property
    def before(self) -> date:
        """A day of the period before."""
        begins = self.day.replace(day=1) if self.view == MONTH else self.first
        return begins - timedelta(days=1)

    @property
    def after(self) -> date:
        return self._next_month() if self.view == MONTH else self.last + timedelta(days=1)

    @property
    def words(self) -> str:
        """“November 2026”, “23 Nov – 29 Nov 2026”."""
        if self.view == MONTH:
            return date_format(self.day, "F Y")
        days = {"first": date_format(self.first, "j M"), "last": date_format(self.last, "j M Y")}
        return _("%(first)s – %(last)s") % days

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)

    def _next_month(self) -> date:
        return (self.day.replace(day=28) + timedelta(days=4)).replace(day=1)
