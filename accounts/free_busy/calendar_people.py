"""What the calendar knows of people's days: working hours, absences, holidays, and times at which someone is busy with what the
reader doesn't see.

As on the pages where visitors book, others learn when someone is busy and nothing else: no title, no record, no place. The reader
has to see the person.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.free_busy.free_times import DAY, build_user_times, get_user_times
from accounts.free_busy.time_spans import Span, cut_spans, subtract_spans
from accounts.models import Absence, Holiday, User
from accounts.working_time.calendar import Calendars
from crm.work.tasks.calendar.people_days import Moments, PeopleDays

# So many people who are away are named for a day.
MOST_NAMES = 3


def get_people_days(
    viewer: User, people: Sequence[int], period: Moments, seen: Sequence[Moments]
) -> PeopleDays:
    """Several people, or none, have the working hours of the reader and no busy times."""
    found = list(User.objects.visible_to(viewer).of_ids(people)) if people else []
    alone = found[0] if len(found) == 1 else None
    span = Span(*(moment.astimezone(UTC) for moment in period))
    absences = list(_get_absences(found, period)) if found else []
    if alone is None:
        calendar = Calendars().get_for_user(viewer)
        working, busy = build_user_times(calendar, span, [], []).working, []
    else:
        times, away = get_user_times([alone], span)[alone.pk], _get_away_spans(alone, absences)
        shown = [Span(begins.astimezone(UTC), ends.astimezone(UTC)) for begins, ends in seen]
        working = subtract_spans(times.working, away)
        busy = cut_spans(subtract_spans(times.busy, [*away, *shown]), span)
    return PeopleDays(
        _get_moments(working),
        _get_moments(busy),
        _get_notes(viewer, alone, absences, period),
    )


def _get_absences(people: list[User], period: Moments) -> Any:
    rows = Absence.objects.of_user_ids([user.pk for user in people])
    return rows.overlapping(period[0].date() - DAY, period[1].date() + DAY).with_people().in_order()


def _get_away_spans(person: User, absences: list[Absence]) -> list[Span]:
    return [
        Span(
            datetime.combine(row.first, time.min, person.zone).astimezone(UTC),
            datetime.combine(row.last + DAY, time.min, person.zone).astimezone(UTC),
        )
        for row in absences
    ]


def _get_moments(spans: Iterable[Span]) -> list[Moments]:
    return [(span.begins, span.ends) for span in spans]


def _get_notes(
    viewer: User, alone: User | None, absences: list[Absence], period: Moments
) -> dict[date, list[str]]:
    """The holidays of each day, and who is away."""
    first, last = period[0].date(), (period[1] - timedelta(microseconds=1)).date()
    notes: dict[date, list[str]] = defaultdict(list)
    holidays = Holiday.objects.visible_to(viewer).between(first, last).with_departments().in_order()
    own = set(alone.department_ids) if alone else None
    for holiday in holidays:
        if own is None or holiday.department_id is None or holiday.department_id in own:
            words = f"{holiday} ({holiday.department})" if holiday.department and not alone else str(holiday)
            notes[holiday.day].append(words)
    for number in range((last - first).days + 1):
        day = first + number * DAY
        names = list(dict.fromkeys(str(row.user) for row in absences if row.first <= day <= row.last))
        if names:
            notes[day].append(_("Away") if alone else _describe_away(names))
    return notes


def _describe_away(names: list[str]) -> str:
    listed = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        more = len(names) - MOST_NAMES
        return _("Away: %(names)s and %(number)s more") % {"names": listed, "number": more}
    return _("Away: %(names)s") % {"names": listed}
