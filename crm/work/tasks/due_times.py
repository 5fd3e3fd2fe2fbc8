"""When a task is due on the reader's own clock, and on that of the user it is for where the two differ."""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.templatetags.look import due_words
from crm.work.models.task import Task


@dataclass(frozen=True)
class ShownDue:
    """The day and the time on the reader's clock. `there` is the moment on the clock of the user it is for, None if both clocks say
    the same."""

    day: date
    time: time | None
    there: datetime | None = None

    @property
    def clock(self) -> str:
        """“16:24”, '' for all day."""
        return f"{self.time:%H:%M}" if self.time else ""

    @property
    def there_clock(self) -> str:
        """“16:24”, with its day if that is another one; '' if both clocks say the same."""
        if self.there is None:
            return ""
        clock = f"{self.there:%H:%M}"
        return clock if self.there.date() == self.day else f"{date_format(self.there, 'D j M')}, {clock}"


def get_due(task: Task) -> ShownDue | None:
    """None without a day. The user of the task has to be loaded."""
    if task.due_on is None:
        return None
    if task.due_time is None:
        return ShownDue(task.due_on, None)
    here, there = timezone.localtime(task.due_moment), datetime.combine(task.due_on, task.due_time)
    if here.replace(tzinfo=None) == there:
        return ShownDue(task.due_on, task.due_time)
    return ShownDue(here.date(), here.time(), there)


def get_reader_time(day: date | None, clock: time | None, zone: tzinfo) -> tuple[date | None, time | None]:
    """A day and a time of this time zone on the reader's clock."""
    if day is None or clock is None:
        return day, clock
    here = timezone.localtime(datetime.combine(day, clock, zone))
    return here.date(), here.time()


def format_due(task: Task) -> str:
    """“Today, 09:24 (16:24 for Ann)”; '' without a day."""
    due = get_due(task)
    if due is None:
        return ""
    words = f"{due_words(due.day)}, {due.clock}" if due.clock else due_words(due.day)
    there = format_due_for_assignee(task, due)
    return f"{words} ({there})" if there else words


def get_due_tone(task: Task) -> str:
    """The color of its due date: "negative" only if its time passed today, '' on an earlier day, else "accent". A list of
    overdue tasks in red would say that none of them is urgent."""
    if task.is_missed_today:
        return "negative"
    return "" if task.is_overdue else "accent"


def format_due_for_assignee(task: Task, due: ShownDue | None) -> str:
    """“16:24 for Ann”; '' if both clocks say the same."""
    if due is None or due.there is None:
        return ""
    user: Any = task.user
    return _("%(time)s for %(name)s") % {"time": due.there_clock, "name": user.name}
