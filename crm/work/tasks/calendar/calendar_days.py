"""The days of a calendar with their open tasks and their meetings, on the reader's clock."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from crm.records.kinds.kind_registry import KINDS
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.tasks.calendar.calendar_form import CalendarForm
from crm.work.tasks.calendar.calendar_period import MONTH
from crm.work.tasks.due_times import get_due, get_due_tone
from crm.work.tasks.listing.day_bounds import FARTHEST
from crm.work.tasks.listing.task_list import get_records_by_key, get_task_lines

# More tasks, or more meetings, than that are no plan; the page says that there are more.
MOST = 400
# So many are in one day of a month; the rest is in the day's week.
IN_DAY_OF_MONTH = 4


@dataclass(frozen=True)
class CalendarEntry:
    """A task or a meeting, its record, and when it is on the reader's clock; `clock` is None for all day."""

    what: Task | Activity
    record: Any
    day: date
    clock: time | None
    may_change: bool = False

    @property
    def is_task(self) -> bool:
        return isinstance(self.what, Task)

    @property
    def title(self) -> str:
        return str(self.what) if isinstance(self.what, Task) else self.what.subject or str(self.record)

    @property
    def person(self) -> Any:
        return self.what.user if isinstance(self.what, Task) else self.what.created_by

    @property
    def tone(self) -> str:
        return get_due_tone(self.what) if isinstance(self.what, Task) else ""

    @property
    def url(self) -> str:
        name = "task" if self.is_task else "activity"
        return KINDS[self.what.of].get_url(name, self.what.record, self.what.pk)

    def get_sort_key(self) -> tuple[bool, time, int]:
        """Its place in the day: what takes all day is first."""
        return self.clock is not None, self.clock or time.min, self.what.pk


@dataclass(frozen=True)
class CalendarDay:
    """`further` is how many more entries the day has."""

    day: date
    entries: list[CalendarEntry]
    further: int
    is_today: bool
    is_outside: bool


class CalendarDays:
    """`has_more` is whether there are more tasks or meetings than it shows."""

    def __init__(self, form: CalendarForm) -> None:
        self.form, self.period = form, form.period
        self.has_more = False
        found: dict[date, list[CalendarEntry]] = defaultdict(list)
        for entry in [*self._iterate_tasks(), *self._iterate_meetings()]:
            found[entry.day].append(entry)
        self.days = [
            self._build_day(day, sorted(found[day], key=CalendarEntry.get_sort_key))
            for day in self.period.iterate_days()
        ]

    def _iterate_tasks(self) -> Iterator[CalendarEntry]:
        # A task may be due on another day of its user's clock.
        first, last = self.period.first - FARTHEST, self.period.last + FARTHEST
        for line in get_task_lines(
            self._cut(self.form.get_tasks_due_between(first, last, MOST + 1)), self.form.viewer
        ):
            due: Any = get_due(line.task)
            yield CalendarEntry(line.task, line.record, due.day, due.time, line.may_change)

    def _iterate_meetings(self) -> Iterator[CalendarEntry]:
        zone = timezone.get_current_timezone()
        begins = datetime.combine(self.period.first, time.min, zone)
        ends = datetime.combine(self.period.last + timedelta(days=1), time.min, zone)
        meetings = self._cut(self.form.get_meetings_between(begins, ends, MOST + 1))
        records = get_records_by_key(meetings)
        for meeting in meetings:
            at = timezone.localtime(meeting.at)
            if record := records.get((meeting.of, meeting.record)):
                yield CalendarEntry(meeting, record, at.date(), at.time())

    def _cut(self, rows: list[Any]) -> list[Any]:
        self.has_more |= len(rows) > MOST
        return rows[:MOST]

    def _build_day(self, day: date, entries: list[CalendarEntry]) -> CalendarDay:
        is_month = self.period.view == MONTH
        shown = entries[:IN_DAY_OF_MONTH] if is_month else entries
        outside = is_month and day.month != self.period.day.month
        return CalendarDay(day, shown, len(entries) - len(shown), day == timezone.localdate(), outside)
