"""Events of Google's Calendar API (version 3, resource "Events") in plain values, and the changes that are written to them.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from base64 import b32hexdecode, b32hexencode
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from calendars.events.event_parser import LONGEST_TEXT, MOST_PEOPLE, format_recurrence, parse_address, to_utc
from calendars.events.event_values import EventValues, ReadTime, build_event_uid, clean_place, clean_title
from calendars.events.json_values import get_list, get_object, get_text, parse_moment
from crm.platform.web.calendar_files import get_site_host


def parse_item(item: dict[str, Any], local: ZoneInfo) -> ReadTime | None:
    """One event, or one time of a series; None for one without a start. Days are in `local`."""
    start, end = _get_moment(get_object(item, "start")), _get_moment(get_object(item, "end"))
    if start is None:
        return None
    begins = to_utc(start, local)
    ends = to_utc(end, local) if end is not None else begins
    guests = [one for one in get_list(item, "attendees")[:MOST_PEOPLE] if one.get("resource") is not True]
    organizer = _get_address(get_object(item, "organizer"))
    people = [organizer, *(_get_address(one) for one in guests)]
    canceled = item.get("status") == "cancelled"
    # A place of work is no event that keeps anyone busy.
    free = item.get("transparency") == "transparent" or item.get("eventType") == "workingLocation"
    values = EventValues(
        clean_title(get_text(item, "summary")[:LONGEST_TEXT]),
        clean_place(get_text(item, "location")[:LONGEST_TEXT]),
        begins,
        max(ends, begins),
    )
    return ReadTime(
        recurrence=format_recurrence(_get_moment(get_object(item, "originalStartTime"))),
        values=values,
        busy=not canceled and not free,
        canceled=canceled,
        private=item.get("visibility") in ("private", "confidential"),
        organizer=organizer,
        people=tuple(filter(None, dict.fromkeys(people))),
        declined=tuple(_get_address(one) for one in guests if one.get("responseStatus") == "declined"),
        modified=parse_moment(get_text(item, "updated")),
    )


def build_new_item(key: str, values: EventValues) -> dict[str, Any]:
    """A new event of Leadwell. It names no one as invited: Leadwell has invited them."""
    item: dict[str, Any] = {
        "id": build_event_id(key),
        "status": "confirmed",
        "summary": values.title,
        "location": values.place,
        "description": values.description,
        "start": _build_moment(values.begins, UTC),
        "end": _build_moment(values.ends, UTC),
    }
    if values.link:
        item["source"] = {"title": "Leadwell", "url": values.link}
    return item


def build_item_changes(item: dict[str, Any], values: EventValues, local: ZoneInfo) -> dict[str, Any]:
    """Only what differs is written, so that a day stays a day as long as it isn't moved."""
    before = parse_item(item, local)
    changes: dict[str, Any] = {}
    for name, value in (("summary", values.title), ("location", values.place)):
        if value.split() != get_text(item, name).split():
            changes[name] = value
    if values.description and values.description.split() != get_text(item, "description").split():
        changes["description"] = values.description
    if before is None or (before.values.begins, before.values.ends) != (values.begins, values.ends):
        zone = _find_zone(item, local)
        changes |= {"start": _build_moment(values.begins, zone), "end": _build_moment(values.ends, zone)}
    return changes


def build_event_id(key: str) -> str:
    """The same one each time. Google's IDs have the letters of base32hex."""
    return b32hexencode(f"{get_site_host()}/{key}".encode()).decode().rstrip("=").lower()


def get_item_uid(item: dict[str, Any]) -> str:
    """What the event is called in every calendar. Google makes a UID of the ID, so that of Leadwell's own events is found in it."""
    text = get_text(item, "id").upper()
    try:
        site, _slash, key = b32hexdecode(text + "=" * (-len(text) % 8)).decode().rpartition("/")
    except ValueError:
        site = key = ""
    return build_event_uid(key) if key and site == get_site_host() else get_text(item, "iCalUID")


def _find_zone(item: dict[str, Any], local: ZoneInfo) -> ZoneInfo:
    name = get_text(get_object(item, "start"), "timeZone")
    try:
        return ZoneInfo(name) if name else local
    except (ValueError, OSError):
        return local


def _build_moment(moment: datetime, zone: Any) -> dict[str, Any]:
    """`date` is taken away from what was a day."""
    return {"dateTime": moment.astimezone(zone).isoformat(), "timeZone": str(zone), "date": None}


def _get_moment(value: dict[str, Any]) -> date | None:
    """A moment, or a day."""
    if moment := parse_moment(get_text(value, "dateTime")):
        return moment
    try:
        return date.fromisoformat(get_text(value, "date"))
    except ValueError:
        return None


def _get_address(person: dict[str, Any]) -> str:
    return parse_address(get_text(person, "email"))
