"""The days of a calendar with their open tasks and their meetings, on the reader's clock."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from crm.work.tasks.calendar.calendar_entries import BusyTime, CalendarEntry
from crm.work.tasks.calendar.calendar_form import CalendarForm
from crm.work.tasks.calendar.calendar_period import DAY, MONTH
from crm.work.tasks.calendar.hour_grid import (
    Place,
    build_place,
    find_hours,
    place_side_by_side,
    split_by_day,
)
from crm.work.tasks.calendar.people_days import SOURCES, PeopleDays
from crm.work.tasks.due_times import get_due
from crm.work.tasks.listing.day_bounds import FARTHEST
from crm.work.tasks.listing.task_list import get_changeable_tasks, get_records_by_key

# More tasks, or more meetings, than that are no plan; the page says that there are more.
MOST = 400
# So many are in one day of a month; the rest is on the page of the day.
IN_DAY_OF_MONTH = 4
# So many of all day are in one day of a week.
IN_DAY_OF_WEEK = 6
# So many entries are side by side in a day of a week, and on the page of a day.
LANES_OF_WEEK, LANES_OF_DAY = 3, 8


@dataclass(frozen=True)
class CalendarDay:
    """`entries` have no place in the hours: those of all day, and all of them in a month. `further` is how many more the day
    has."""

    day: date
    entries: list[CalendarEntry]
    further: int
    is_today: bool
    is_outside: bool
    notes: list[str] = field(default_factory=list)
    timed: list[tuple[CalendarEntry | BusyTime, SafeString]] = field(default_factory=list)
    working: list[SafeString] = field(default_factory=list)
    now: SafeString | None = None

    def get_entries(self) -> list[CalendarEntry]:
        """All that are shown, without busy times."""
        timed = [entry for entry, _place in self.timed if isinstance(entry, CalendarEntry)]
        return [*self.entries, *timed]


class CalendarDays:
    """`has_more` is whether there are more tasks or meetings than it shows. `hours` are those of a day or a week, none for a month."""

    def __init__(self, form: CalendarForm) -> None:
        self.form, self.period = form, form.period
        self.zone = timezone.get_current_timezone()
        self.has_more = False
        self.records: dict[tuple[str, int], Any] = {}
        self.is_month = self.period.view == MONTH
        found: dict[date, list[CalendarEntry]] = defaultdict(list)
        for entry in [*self._iterate_tasks(), *self._iterate_meetings()]:
            found[entry.day].append(entry)
        people = self._get_people_days([entry for entries in found.values() for entry in entries])
        self.hours = range(0)
        if self.is_month:
            self.days = [self._build_day_of_month(day, found[day], people) for day in self._iterate_days()]
        else:
            self.days = self._build_days_with_hours(found, people)
        self._read_records()

    @property
    def slots(self) -> list[tuple[str, SafeString]]:
        """The hours at which something can be added, each with its place."""
        first = self.hours.start
        return [
            (f"{hour:02}:00", Place(hour * 60, hour * 60 + 60).get_attributes(first)) for hour in self.hours
        ]

    def _iterate_days(self) -> Iterator[date]:
        return self.period.iterate_days()

    @property
    def _moments(self) -> tuple[datetime, datetime]:
        begins = datetime.combine(self.period.first, time.min, self.zone)
        return begins, datetime.combine(self.period.last + timedelta(days=1), time.min, self.zone)

    def _iterate_tasks(self) -> Iterator[CalendarEntry]:
        # A task may be due on another day of its user's clock.
        first, last = self.period.first - FARTHEST, self.period.last + FARTHEST
        tasks = self._cut(self.form.get_tasks_due_between(first, last, MOST + 1))
        own = get_changeable_tasks(tasks, self.form.viewer)
        for task in tasks:
            due: Any = get_due(task)
            yield CalendarEntry(task, self.records, due.day, due.time, task.pk in own)

    def _iterate_meetings(self) -> Iterator[CalendarEntry]:
        meetings = self._cut(self.form.get_meetings_between(*self._moments, MOST + 1))
        own = self.form.get_changeable_meetings(meetings)
        for meeting in meetings:
            at = timezone.localtime(meeting.at)
            yield CalendarEntry(meeting, self.records, at.date(), at.time(), meeting.pk in own)

    def _read_records(self) -> None:
        """Those of the entries that are shown. One that was deleted meanwhile takes its entries along."""
        shown = [entry.what for day in self.days for entry in day.get_entries()]
        self.records |= get_records_by_key(shown)
        for day in self.days:
            day.entries[:] = [entry for entry in day.entries if entry.record]
            day.timed[:] = [pair for pair in day.timed if isinstance(pair[0], BusyTime) or pair[0].record]

    def _cut(self, rows: list[Any]) -> list[Any]:
        self.has_more |= len(rows) > MOST
        return rows[:MOST]

    def _get_people_days(self, entries: list[CalendarEntry]) -> PeopleDays:
        seen = [entry.moments for entry in entries if entry.moments]
        return SOURCES[-1](self.form.viewer, self.form.get_people_ids(), self._moments, seen)

    def _build_day_of_month(self, day: date, found: list[CalendarEntry], people: PeopleDays) -> CalendarDay:
        entries = sorted(found, key=CalendarEntry.get_sort_key)
        shown, today = entries[:IN_DAY_OF_MONTH], timezone.localdate()
        outside = day.month != self.period.day.month
        notes = list(people.notes.get(day, ()))
        return CalendarDay(day, shown, len(entries) - len(shown), day == today, outside, notes)

    def _build_days_with_hours(
        self, found: dict[date, list[CalendarEntry]], people: PeopleDays
    ) -> list[CalendarDay]:
        busy = split_by_day(people.busy if self.form.asks_for_everything else (), self.zone)
        working = {
            day: [build_place(*each) for each in spans]
            for day, spans in split_by_day(people.working, self.zone).items()
        }
        placed = {
            day: self._place_entries(day, found[day], busy.get(day, [])) for day in self._iterate_days()
        }
        places = [place for timed, _left in placed.values() for _entry, place in timed]
        places += [place for day in placed for place in working.get(day, [])]
        first, last = (0, 24) if self.form.has_all_hours else find_hours(places)
        self.hours = range(first, last)
        return [
            self._build_day(day, found[day], placed[day], working.get(day, []), people)
            for day in self._iterate_days()
        ]

    def _place_entries(self, day: date, found: list[CalendarEntry], busy: list[tuple[time, int]]) -> Any:
        entries: list[Any] = [entry for entry in found if entry.clock is not None]
        entries += [BusyTime(day, clock, length, _add_minutes(clock, length)) for clock, length in busy]
        return place_side_by_side(entries, LANES_OF_DAY if self.period.view == DAY else LANES_OF_WEEK)

    def _build_day(
        self, day: date, found: list[CalendarEntry], placed: Any, working: list[Place], people: PeopleDays
    ) -> CalendarDay:
        """On the page of a day, what found no place in the hours is listed above them."""
        timed, left = placed
        is_day, first, now = self.period.view == DAY, self.hours.start, timezone.localtime()
        above = [entry for entry in found if entry.clock is None]
        above += [entry for entry in left if is_day and not entry.is_busy]
        most = len(above) if is_day else IN_DAY_OF_WEEK
        hidden = 0 if is_day else len(left) + max(len(above) - most, 0)
        is_today = day == now.date()
        shows_now = is_today and now.hour in self.hours
        return CalendarDay(
            day,
            sorted(above, key=CalendarEntry.get_sort_key)[:most],
            hidden,
            is_today,
            False,
            list(people.notes.get(day, ())),
            [(entry, place.get_attributes(first)) for entry, place in timed],
            [place.get_attributes(first) for place in working],
            build_place(now.time(), 0).get_attributes(first) if shows_now else None,
        )


def _add_minutes(clock: time, minutes: int) -> time:
    end = clock.hour * 60 + clock.minute + minutes
    return time(*divmod(end % (24 * 60), 60))
