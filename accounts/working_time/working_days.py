"""How many days users worked in a period: the working days of their calendar while they were users, less their absences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.working_time.calendar import DAY, WorkingCalendar

NONE, HALF, WHOLE = Decimal(0), Decimal("0.5"), Decimal(1)


@dataclass(frozen=True, order=True)
class DaySpan:
    """The days from the first to the last one, both included."""

    first: date
    last: date


class WorkingDays:
    """The working days of one calendar within a period, read once for all users who work by it."""

    def __init__(self, calendar: WorkingCalendar, period: DaySpan) -> None:
        self.period = period
        self._counts = [NONE]
        for number in range((period.last - period.first).days + 1):
            self._counts.append(self._counts[-1] + get_day_share(calendar, period.first + number * DAY))

    def count(self, employed: Iterable[DaySpan], away: Iterable[DaySpan]) -> Decimal:
        """The days on which someone worked: of the spans as a user, without the spans of absence, which may overlap."""
        return sum((self._count_span(span) for span in subtract_spans(employed, away)), NONE)

    def _count_span(self, span: DaySpan) -> Decimal:
        first, last = max(span.first, self.period.first), min(span.last, self.period.last)
        if last < first:
            return NONE
        return (
            self._counts[(last - self.period.first).days + 1] - self._counts[(first - self.period.first).days]
        )


def get_day_share(calendar: WorkingCalendar, day: date) -> Decimal:
    """0, a half or 1. A day with at most half the hours of the longest day of the week is half a day."""
    if not calendar.is_working_day(day):
        return NONE
    lengths = {weekday: _get_length(hours) for weekday, hours in calendar.week.items()}
    return HALF if 2 * lengths[day.weekday()] <= max(lengths.values()) else WHOLE


def _get_length(hours: Sequence) -> timedelta:
    opens, closes = (timedelta(hours=clock.hour, minutes=clock.minute) for clock in hours)
    return closes - opens


def subtract_spans(spans: Iterable[DaySpan], away: Iterable[DaySpan]) -> list[DaySpan]:
    """What remains of the spans without the days of the others."""
    left = list(spans)
    for gone in away:
        left = [part for span in left for part in _subtract(span, gone)]
    return left


def _subtract(span: DaySpan, gone: DaySpan) -> list[DaySpan]:
    parts = [
        (span.first, min(span.last, gone.first - DAY)),
        (max(span.first, gone.last + DAY), span.last),
    ]
    if gone.last < span.first or gone.first > span.last:
        return [span]
    return [DaySpan(first, last) for first, last in parts if first <= last]
