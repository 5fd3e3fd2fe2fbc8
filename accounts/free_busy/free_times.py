"""The face of free and busy: when each of some users works, is busy and is free in a period. It takes the same number of queries
for one user and for forty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta

from accounts.free_busy.busy_times import SOURCES, BusyTime
from accounts.free_busy.time_spans import Span, cut_spans, merge_spans, subtract_spans
from accounts.models import Absence, User
from accounts.working_time.calendar import Calendars, WorkingCalendar, get_first_departments

DAY = timedelta(days=1)


@dataclass(frozen=True)
class UserTimes:
    """In order and without overlaps. `working` are the working hours on days that aren't holidays, `busy` are meetings, tasks and
    absences, and `free` is what remains of the working hours."""

    working: list[Span]
    busy: list[Span]
    free: list[Span]


def get_user_times(
    users: Sequence[User], period: Span, *, without_meeting: int | None = None
) -> dict[int, UserTimes]:
    """By the ID of the user. `without_meeting` is the ID of a meeting that is about to be moved, which keeps nobody busy."""
    calendars, departments = Calendars(), get_first_departments([user.pk for user in users])
    own = {user.pk: calendars.get_for_department(departments.get(user.pk), user.zone) for user in users}
    busy: dict[int, list[BusyTime]] = {user.pk: [] for user in users}
    for source in SOURCES:
        for each in source(users, period):
            if each.meeting != without_meeting:
                busy[each.user].append(each)
    away: dict[int, list[tuple[date, date]]] = {user.pk: [] for user in users}
    absences = Absence.objects.of_user_ids(list(own))
    absences = absences.overlapping(period.begins.date() - DAY, period.ends.date() + DAY)
    for user, first, last in absences.values_list("user", "first", "last"):
        away[user].append((first, last))
    return {pk: build_user_times(own[pk], period, (one.span for one in busy[pk]), away[pk]) for pk in own}


def build_user_times(
    calendar: WorkingCalendar, period: Span, busy: Iterable[Span], away: Iterable[tuple[date, date]]
) -> UserTimes:
    """`away` are the first and the last days of absences, on the clock of the calendar."""
    absent = [
        Span(calendar.get_moment(first, time.min), calendar.get_moment(last + DAY, time.min))
        for first, last in away
    ]
    working = cut_spans(merge_spans(_get_working_spans(calendar, period)), period)
    taken = cut_spans(merge_spans([*busy, *absent]), period)
    return UserTimes(working, taken, subtract_spans(working, taken))


def _get_working_spans(calendar: WorkingCalendar, period: Span) -> Iterable[Span]:
    day = period.begins.astimezone(calendar.zone).date()
    while day <= period.ends.astimezone(calendar.zone).date():
        if hours := calendar.get_hours(day):
            yield Span(hours[0].astimezone(UTC), hours[1].astimezone(UTC))
        day += DAY
