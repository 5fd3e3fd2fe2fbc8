"""Tasks and planned meetings as a calendar file (iCalendar, RFC 5545), for calendar programs that read it by its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from crm.platform.web.calendar_files import (
    build_calendar_file,
    build_event,
    get_site_host,
    remove_control_characters,
    render_calendar,
)
from crm.work.models.activity import Activity
from crm.work.models.task import Task

# A task with a time takes half an hour in a calendar, and so does a meeting without a length.
LENGTH = timedelta(minutes=30)


@dataclass(frozen=True)
class CalendarEntry:
    """A task with a day or a planned meeting, the name of its record, and the full URL of its page."""

    what: Task | Activity
    record: str
    link: str


def build_calendar(entries: Iterable[CalendarEntry], *, name: str, now: datetime) -> str:
    """The file. A task has its day, or its moment in UTC, read on the clock of the user it is for."""
    calendar = build_calendar_file("PUBLISH", "Tasks")
    calendar.add("x-wr-calname", remove_control_characters(name))
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    for entry in entries:
        made = (
            _build_task_event(entry, entry.what)
            if isinstance(entry.what, Task)
            else _build_meeting_event(entry, entry.what)
        )
        calendar.add_component(build_event(dtstamp=now, url=entry.link, **made))
    return render_calendar(calendar)


def _build_task_event(entry: CalendarEntry, task: Task) -> dict[str, Any]:
    return {
        "uid": f"task-{task.pk}@{get_site_host()}",
        **_get_event_times(task),
        "summary": f"{task} – {entry.record}",
        "description": task.description,
        "sequence": task.version,
        # The day isn't busy because of it.
        "transp": "TRANSPARENT",
    }


def _build_meeting_event(entry: CalendarEntry, meeting: Activity) -> dict[str, Any]:
    """Not the invitation itself: that one is for those who are invited."""
    return {
        "uid": f"planned-{meeting.pk}@{get_site_host()}",
        "dtstart": meeting.at,
        "dtend": meeting.ends_at if meeting.minutes else meeting.at + LENGTH,
        "summary": f"{meeting.subject} – {entry.record}"
        if meeting.subject
        else get_meeting_title(meeting, entry.record),
        "location": meeting.place,
        "sequence": meeting.version,
        "transp": "OPAQUE",
    }


def get_meeting_title(meeting: Activity, record: str) -> str:
    """Its subject, or with whom it is."""
    return meeting.subject or _("Meeting with %(name)s") % {"name": record}


def _get_event_times(task: Task) -> dict[str, date]:
    day = task.due_on
    if day is None:
        raise ValueError("A task without a day has no place in a calendar.")
    if task.due_time is None or task.user is None:
        return {"dtstart": day, "dtend": day + timedelta(days=1)}
    start = datetime.combine(day, task.due_time, task.user.zone)
    return {"dtstart": start, "dtend": start + LENGTH}
