"""Writing events in the format of RFC 5545: new ones, and changes of those that the server has, which keep everything else."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from calendars.events.event_parser import describe_time, format_recurrence

WRITTEN = {"SUMMARY": "title", "LOCATION": "place", "DESCRIPTION": "description", "URL": "link"}
KEPT_BY_SERIES = ("RRULE", "RDATE", "EXDATE", "EXRULE")


def change_text(text: str, change: dict[str, Any]) -> str:
    """The event with other values, or without one time of its series. Raises ValueError if the series has no such time."""
    calendar = Calendar.from_ical(text)
    events = calendar.walk("VEVENT")
    if not change["recurrence"]:
        _set_values(events[0], change)
    elif change["values"] is None:
        _cancel_one_time(calendar, events, change["recurrence"])
    else:
        _set_values(_get_exception(calendar, events, change["recurrence"]), change)
    return calendar.to_ical().decode()


def _get_exception(calendar: Any, events: list[Any], recurrence: str) -> Any:
    """The exception for this time of the series, which is added if there is none."""
    if known := _find_exceptions(events, recurrence):
        return known[0]
    series = _get_series(events)
    begins, length = _find_time(series, recurrence), _get_length(series)
    exception = Event()
    for name, value in series.property_items(recursive=False):
        if name not in ("BEGIN", "END", "DTSTART", "DTEND", "DURATION", *KEPT_BY_SERIES):
            exception.add(name, value, encode=False)
    exception.add("RECURRENCE-ID", begins)
    exception.add("DTSTART", begins)
    exception.add("DTEND", begins + length)
    for alarm in series.subcomponents:
        exception.add_component(alarm)
    calendar.add_component(exception)
    return exception


def _cancel_one_time(calendar: Any, events: list[Any], recurrence: str) -> None:
    series = _get_series(events)
    gone = _find_exceptions(events, recurrence)
    series.add("EXDATE", [gone[0]["RECURRENCE-ID"].dt if gone else _find_time(series, recurrence)])
    calendar.subcomponents = [one for one in calendar.subcomponents if one not in gone]
    _mark_as_changed(series)


def _find_exceptions(events: list[Any], recurrence: str) -> list[Any]:
    return [
        event
        for event in events
        if "RECURRENCE-ID" in event and format_recurrence(event["RECURRENCE-ID"].dt) == recurrence
    ]


def _get_series(events: list[Any]) -> Any:
    return next(event for event in events if "RECURRENCE-ID" not in event)


def _find_time(series: Any, recurrence: str) -> Any:
    """The start of this time of the series, in the series' own zone."""
    start = series["DTSTART"].dt
    if not isinstance(start, datetime):
        return datetime.fromisoformat(recurrence).date()
    found = datetime.fromisoformat(recurrence)
    return found.astimezone(start.tzinfo) if start.tzinfo else found


def _get_length(series: Any) -> Any:
    if "DTEND" in series:
        return series["DTEND"].dt - series["DTSTART"].dt
    return series["DURATION"].dt if "DURATION" in series else series["DTSTART"].dt - series["DTSTART"].dt


def _set_values(event: Any, change: dict[str, Any]) -> None:
    """Only what differs is written, so that a day stays a day as long as it isn't moved."""
    values, local = change["values"], ZoneInfo(change["zone"])
    before = describe_time(event, local, recurring=False) or {}
    for name, key in WRITTEN.items():
        known = str(before.get(key) or event.get(name, ""))
        if values.get(key) is not None and values[key].split() != known.split():
            event.pop(name, None)
            if values[key]:
                event.add(name, values[key])
    if (values["begins"], values["ends"]) != (before.get("begins"), before.get("ends")):
        zone = getattr(event["DTSTART"].dt, "tzinfo", None) or local
        for name in ("DTSTART", "DTEND", "DURATION"):
            event.pop(name, None)
        event.add("DTSTART", datetime.fromisoformat(values["begins"]).astimezone(zone))
        event.add("DTEND", datetime.fromisoformat(values["ends"]).astimezone(zone))
    _mark_as_changed(event)


def _mark_as_changed(event: Any) -> None:
    """Servers and programs take the higher sequence, and the later stamp, for the newer version."""
    sequence = int(event.pop("SEQUENCE", 0) or 0)
    event.add("SEQUENCE", sequence + 1)
    now = datetime.now(UTC).replace(microsecond=0)
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        event.pop(name, None)
        event.add(name, now)
