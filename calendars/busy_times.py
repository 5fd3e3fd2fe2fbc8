"""When users are busy by their connected calendars. Booking pages and proposed times keep these clear; why someone is busy isn't known."""

from collections.abc import Iterator, Sequence

from accounts.free_busy.busy_times import BusyTime
from accounts.free_busy.time_spans import Span
from accounts.models import User
from calendars.models import EventTime


def get_calendar_times(users: Sequence[User], period: Span) -> Iterator[BusyTime]:
    """Those that are no meetings or tasks of Leadwell."""
    rows = EventTime.objects.busy_between([user.pk for user in users], period.begins, period.ends)
    for user, begins, ends in rows.values_list("event__calendar__owner", "begins", "ends"):
        yield BusyTime(user, Span(begins, ends))
