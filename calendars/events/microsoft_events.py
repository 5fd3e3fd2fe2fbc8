"""Events of Microsoft Graph (version 1.0, resource "event") in plain values, and the changes that are written to them. Times are asked for in
UTC.

https://learn.microsoft.com/en-us/graph/api/resources/event
"""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from calendars.events.event_parser import LONGEST_TEXT, MOST_PEOPLE, format_recurrence, parse_address, to_utc
from calendars.events.event_values import EventValues, ReadTime, build_event_uid, clean_place, clean_title
from calendars.events.json_values import get_list, get_object, get_text, parse_moment
from crm.platform.web.calendar_files import get_site_host

FREE = ("free", "workingElsewhere")
PRIVATE = ("private", "confidential", "personal")


def parse_item(item: dict[str, Any], local: ZoneInfo) -> ReadTime | None:
    """One event, or one time of a series; None for one without a start. Days are in `local`."""
    all_day = item.get("isAllDay") is True
    start, end = (_get_moment(get_object(item, name), all_day=all_day) for name in ("start", "end"))
    if start is None:
        return None
    begins = to_utc(start, local)
    ends = to_utc(end, local) if end is not None else begins
    guests = [one for one in get_list(item, "attendees")[:MOST_PEOPLE] if one.get("type") != "resource"]
    organizer = _get_address(get_object(item, "organizer"))
    canceled = item.get("isCancelled") is True
    return ReadTime(
        recurrence=get_recurrence(item),
        values=EventValues(
            clean_title(get_text(item, "subject")[:LONGEST_TEXT]),
            clean_place(get_text(get_object(item, "location"), "displayName")[:LONGEST_TEXT]),
            begins,
            max(ends, begins),
        ),
        busy=not canceled and item.get("showAs") not in FREE,
        canceled=canceled,
        private=item.get("sensitivity") in PRIVATE,
        organizer=organizer,
        people=tuple(filter(None, dict.fromkeys([organizer, *map(_get_address, guests)]))),
        declined=tuple(
            _get_address(one) for one in guests if get_object(one, "status").get("response") == "declined"
        ),
        modified=parse_moment(get_text(item, "lastModifiedDateTime")),
    )


def get_recurrence(item: dict[str, Any]) -> str:
    """Which time of a series it is; '' for an event that doesn't recur."""
    if not get_text(item, "seriesMasterId"):
        return ""
    moment = parse_moment(get_text(item, "originalStart"))
    return format_recurrence(moment.date() if moment and item.get("isAllDay") is True else moment)


def build_new_item(key: str, values: EventValues) -> dict[str, Any]:
    """A new event of Leadwell. It names no one as invited: Leadwell has invited them.

    `transactionId` keeps Microsoft from adding it a second time, and says later that it is Leadwell's own.
    """
    return {
        "subject": values.title,
        "location": {"displayName": values.place},
        "body": {
            "contentType": "text",
            "content": "\n\n".join(filter(None, [values.description, values.link])),
        },
        "start": _build_moment(values.begins),
        "end": _build_moment(values.ends),
        "showAs": "busy",
        "transactionId": f"{get_site_host()}/{key}/{values.digest[:12]}",
    }


def build_item_changes(item: dict[str, Any], values: EventValues, local: ZoneInfo) -> dict[str, Any]:
    """Only what differs is written, so that a day stays a day as long as it isn't moved."""
    before = parse_item(item, local)
    changes: dict[str, Any] = {}
    if values.title.split() != get_text(item, "subject").split():
        changes["subject"] = values.title
    if values.place.split() != get_text(get_object(item, "location"), "displayName").split():
        changes["location"] = {"displayName": values.place}
    if before is None or (before.values.begins, before.values.ends) != (values.begins, values.ends):
        changes |= {"start": _build_moment(values.begins), "end": _build_moment(values.ends)}
        changes |= {"isAllDay": False} if item.get("isAllDay") is True else {}
    return changes


def get_item_uid(item: dict[str, Any]) -> str:
    """What the event is called in every calendar, or Leadwell's own name for what it has written."""
    site, *rest = get_text(item, "transactionId").split("/")
    return (
        build_event_uid(rest[0]) if len(rest) == 2 and site == get_site_host() else get_text(item, "iCalUId")
    )


def _build_moment(moment: datetime) -> dict[str, str]:
    return {"dateTime": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def _get_moment(value: dict[str, Any], *, all_day: bool) -> date | None:
    """A moment, or a day. The time of Microsoft has no offset, but the name of a zone beside it, which is that asked for."""
    moment = parse_moment(f"{get_text(value, 'dateTime')}Z") if get_text(value, "timeZone") == "UTC" else None
    return moment.date() if moment and all_day else moment


def _get_address(person: dict[str, Any]) -> str:
    return parse_address(get_text(get_object(person, "emailAddress"), "address"))
