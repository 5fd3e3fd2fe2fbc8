"""Tasks and planned meetings as a calendar file (iCalendar, RFC 5545), for calendar programs that read it by its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.text import capfirst

from crm.models.activity import Activity
from crm.models.task import Task
from crm.web.icalendar import calendar, moment, site, text

# A task with a time takes half an hour in a calendar, and so does a meeting without a length.
LENGTH = timedelta(minutes=30)


@dataclass(frozen=True)
class Entry:
    """A task with a day or a planned meeting, the name of its record, and the full URL of its page."""

    what: Task | Activity
    record: str
    link: str


def calendar_of(entries: Iterable[Entry], *, name: str, now: datetime) -> str:
    """The file. A task has its day, or its moment in UTC, read on the clock of the user it is for."""
    lines = [f"X-WR-CALNAME:{text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT15M"]
    for entry in entries:
        made = _task(entry, entry.what) if isinstance(entry.what, Task) else _meeting(entry, entry.what)
        lines += ["BEGIN:VEVENT", f"DTSTAMP:{moment(now)}", *made, f"URL:{entry.link}", "END:VEVENT"]
    return calendar("PUBLISH", "Tasks", lines)


def _task(entry: Entry, task: Task) -> list[str]:
    return [
        f"UID:task-{task.pk}@{site()}",
        *_when(task),
        f"SUMMARY:{text(f'{task} – {entry.record}')}",
        *([f"DESCRIPTION:{text(task.description)}"] if task.description else []),
        f"SEQUENCE:{task.version}",
        # The day isn't busy because of it.
        "TRANSP:TRANSPARENT",
    ]


def _meeting(entry: Entry, meeting: Activity) -> list[str]:
    """Not the invitation itself: that one is for those who are invited."""
    return [
        f"UID:planned-{meeting.pk}@{site()}",
        f"DTSTART:{moment(meeting.at)}",
        f"DTEND:{moment(meeting.ends_at if meeting.minutes else meeting.at + LENGTH)}",
        f"SUMMARY:{text(f'{meeting.subject or capfirst(str(meeting))} – {entry.record}')}",
        *([f"LOCATION:{text(meeting.place)}"] if meeting.place else []),
        f"SEQUENCE:{meeting.version}",
        "TRANSP:OPAQUE",
    ]


def _when(task: Task) -> list[str]:
    day = task.due_on
    if day is None:
        raise ValueError("A task without a day has no place in a calendar.")
    if task.due_time is None or task.user is None:
        return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
    start = datetime.combine(day, task.due_time, task.user.zone)
    return [f"DTSTART:{moment(start)}", f"DTEND:{moment(start + LENGTH)}"]
