"""Reading events in the format of RFC 5545. They come from anyone, so this runs in a process with limits (event_parser_child.py)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import recurring_ical_events
from icalendar import Calendar

DAY = timedelta(days=1)
# What is over for longer keeps no one busy.
BACK = timedelta(days=7)
MOST_TIMES, MOST_PEOPLE = 800, 200
LONGEST_TEXT = 1_000
ZONE = re.compile(r"BEGIN:VTIMEZONE\r?\n.*?END:VTIMEZONE\r?\n", re.S)
ZONE_NAME = re.compile(r"^TZID[^:]*:(.*?)\r?$", re.M)
KNOWN_ZONES = available_timezones()


def parse_event(text: str, zone: str, now: datetime, until: datetime) -> dict[str, Any]:
    """The UID, whether it recurs, and its times as plain values. Times without a zone, and days, are in `zone`."""
    calendar = Calendar.from_ical(drop_known_zones(text))
    events = calendar.walk("VEVENT")
    if not events:
        return {"uid": "", "recurring": False, "times": []}
    local = ZoneInfo(zone)
    recurring = any(name in event for event in events for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
    found = _expand(calendar, now - BACK, until) if recurring else iter(events)
    times: list[dict[str, Any]] = []
    for event in found:
        described = describe_time(event, local, recurring)
        if described is not None and len(times) < MOST_TIMES:
            times.append(described)
    return {"uid": str(events[0].get("UID", "")), "recurring": recurring, "times": times}


def drop_known_zones(text: str) -> str:
    """Without the descriptions of time zones that have a known name: what is known of these is newer, and reading them takes longer than
    the event."""

    def keep_unknown(match: re.Match[str]) -> str:
        name = ZONE_NAME.search(match[0])
        return "" if name and name[1] in KNOWN_ZONES else match[0]

    return ZONE.sub(keep_unknown, text)


def _expand(calendar: Any, begins: datetime, until: datetime) -> Iterator[Any]:
    return iter(recurring_ical_events.of(calendar, skip_bad_series=True).between(begins, until))


def describe_time(event: Any, local: ZoneInfo, recurring: bool) -> dict[str, Any] | None:
    """None for one that has no start."""
    start = _get_moment(event, "DTSTART")
    if start is None:
        return None
    all_day = not isinstance(start, datetime)
    begins = to_utc(start, local)
    ends = _get_end(event, start, local, recurring)
    own = _get_values(event, "ATTENDEE")[:MOST_PEOPLE]
    organizer = parse_address(str(event.get("ORGANIZER", "")))
    modified = next(
        (found for name in ("LAST-MODIFIED", "DTSTAMP") if (found := _get_moment(event, name))), None
    )
    declined = [parse_address(str(one)) for one in own if _get_parameter(one, "PARTSTAT") == "DECLINED"]
    canceled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return {
        "recurrence": format_recurrence(_get_moment(event, "RECURRENCE-ID")) if recurring else "",
        "title": str(event.get("SUMMARY", ""))[:LONGEST_TEXT],
        "place": str(event.get("LOCATION", ""))[:LONGEST_TEXT],
        "begins": begins.isoformat(),
        "ends": max(ends, begins).isoformat(),
        # RFC 5545 says what an event without TRANSP is: opaque, whether it has times or days.
        "busy": not canceled and str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT",
        "canceled": canceled,
        "private": str(event.get("CLASS", "PUBLIC")).upper() in ("PRIVATE", "CONFIDENTIAL"),
        "organizer": organizer,
        "people": list(filter(None, dict.fromkeys([organizer, *(parse_address(str(one)) for one in own)]))),
        "declined": declined,
        "modified": to_utc(modified, local).isoformat() if modified else None,
        "all_day": all_day,
    }


def format_recurrence(moment: date | None) -> str:
    """Which time of a series it is: a moment in UTC, a day, or a time without a zone."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()
    return moment.isoformat()


def to_utc(moment: date, local: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=local)
    return zoned.astimezone(UTC).replace(microsecond=0)


def parse_address(value: str) -> str:
    return (value[7:] if value.lower().startswith("mailto:") else value).strip().lower()[:254]


def _get_end(event: Any, start: date, local: ZoneInfo, recurring: bool) -> datetime:
    end = _get_moment(event, "DTEND")
    if recurring and isinstance(start, datetime) and isinstance(end, datetime):
        # All times of a series are equally long (RFC 5545), in a night of the change too.
        return to_utc(start, local) + (end - start)
    if end is not None:
        return to_utc(end, local)
    length = getattr(event.get("DURATION"), "dt", None)
    if isinstance(length, timedelta):
        # Days of a duration are days of the clock, hours are hours.
        whole = timedelta(days=length.days)
        return to_utc(start + whole, local) + (length - whole)
    return to_utc(start, local) if isinstance(start, datetime) else to_utc(start + DAY, local)


def _get_moment(event: Any, name: str) -> date | None:
    value = getattr(event.get(name), "dt", None)
    return value if isinstance(value, date) else None


def _get_values(event: Any, name: str) -> list[Any]:
    value = event.get(name, [])
    return value if isinstance(value, list) else [value]


def _get_parameter(value: Any, name: str) -> str:
    return str(getattr(value, "params", {}).get(name, "")).upper()
