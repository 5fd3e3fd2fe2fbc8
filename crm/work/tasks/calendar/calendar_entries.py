"""What a calendar shows: tasks and meetings on the reader's clock, and times that are known as busy and no more."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.tasks.calendar_feed import LENGTH, get_meeting_title
from crm.work.tasks.due_times import get_due_tone


@dataclass(frozen=True)
class CalendarEntry:
    """A task or a meeting, and when it is on the reader's clock; `clock` is None for all day. `length` is in minutes. `records` has
    those of the entries that are shown, by record type and ID: a team has many more entries than a page shows."""

    what: Task | Activity
    records: dict[tuple[str, int], Any]
    day: date
    clock: time | None
    may_change: bool = False

    is_busy = False

    @property
    def record(self) -> Any:
        return self.records.get((self.what.of, self.what.record))

    @property
    def is_task(self) -> bool:
        return isinstance(self.what, Task)

    @property
    def name(self) -> str:
        """Its name in forms and anchors: "task-12", "meeting-34"."""
        return f"{'task' if self.is_task else 'meeting'}-{self.what.pk}"

    @property
    def title(self) -> str:
        return (
            str(self.what) if isinstance(self.what, Task) else get_meeting_title(self.what, str(self.record))
        )

    @property
    def is_named_by_record(self) -> bool:
        return isinstance(self.what, Activity) and not self.what.subject

    @property
    def person(self) -> Any:
        return self.what.user if isinstance(self.what, Task) else self.what.created_by

    @property
    def tone(self) -> str:
        return get_due_tone(self.what) if isinstance(self.what, Task) else ""

    @property
    def is_no_show(self) -> bool:
        return isinstance(self.what, Activity) and self.what.is_no_show

    @property
    def takes_outcome(self) -> bool:
        """Whether it is a meeting that has begun, and the reader may say whether anyone came."""
        return isinstance(self.what, Activity) and self.may_change and self.what.has_begun

    @property
    def is_unanswered(self) -> bool:
        """Whether the reader is asked if it took place."""
        return self.takes_outcome and isinstance(self.what, Activity) and self.what.is_unanswered

    @property
    def length(self) -> int:
        minutes = None if isinstance(self.what, Task) else self.what.minutes
        return minutes or int(LENGTH / timedelta(minutes=1))

    @property
    def end_clock(self) -> time | None:
        """Of a meeting whose length is known."""
        if isinstance(self.what, Task) or not self.what.minutes:
            return None
        return timezone.localtime(self.what.ends_at).time()

    @property
    def moments(self) -> tuple[datetime, datetime] | None:
        """When it begins and ends; None for all day."""
        begins = self.what.due_moment if isinstance(self.what, Task) else self.what.at
        return (begins, begins + timedelta(minutes=self.length)) if begins else None

    def get_sort_key(self) -> tuple[bool, time, int]:
        """Its place in the day: what takes all day is first."""
        return self.clock is not None, self.clock or time.min, self.what.pk


@dataclass(frozen=True)
class BusyTime:
    """A part of a day at which someone is busy with what the reader doesn't see. `length` is in minutes."""

    day: date
    clock: time
    length: int
    end_clock: time

    is_busy = True

    def get_sort_key(self) -> tuple[bool, time, int]:
        return True, self.clock, 0
