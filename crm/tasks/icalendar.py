"""Tasks as a calendar file (iCalendar, RFC 5545), for calendar programs that read it by its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crm.models.task import Task

# A task with a time takes half an hour in a calendar: it has no length of its own.
LENGTH = timedelta(minutes=30)
LONGEST_LINE = 75


@dataclass(frozen=True)
class Entry:
    """A task with a day, the name of its record, and the full URL of its page."""

    task: Task
    record: str
    link: str


def calendar_of(entries: Iterable[Entry], *, name: str, site: str, now: datetime) -> str:
    """The file. A task has its day, or its moment in UTC, read on the clock of the user it is for."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Leadwell//Tasks//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT15M"]
    for entry in entries:
        lines += _event(entry, site, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, site: str, now: datetime) -> list[str]:
    task = entry.task
    return [
        "BEGIN:VEVENT",
        f"UID:task-{task.pk}@{site}",
        f"DTSTAMP:{_moment(now)}",
        *_when(task),
        f"SUMMARY:{_text(f'{task} – {entry.record}')}",
        *([f"DESCRIPTION:{_text(task.description)}"] if task.description else []),
        f"URL:{entry.link}",
        f"SEQUENCE:{task.version}",
        # The day isn't busy because of it.
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _when(task: Task) -> list[str]:
    day = task.due_on
    if day is None:
        raise ValueError("A task without a day has no place in a calendar.")
    if task.due_time is None or task.user is None:
        return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
    start = datetime.combine(day, task.due_time, task.user.zone)
    return [f"DTSTART:{_moment(start)}", f"DTEND:{_moment(start + LENGTH)}"]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """With its special characters escaped; other control characters aren't allowed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(letter for letter in text if letter >= " " or letter in "\n\t")
    for letter in ("\\", ";", ","):
        text = text.replace(letter, f"\\{letter}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """In parts of at most 75 bytes, as the format wants; the following ones start with a space."""
    parts, part, size = [], "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > LONGEST_LINE:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + length
    return [*parts, part]
