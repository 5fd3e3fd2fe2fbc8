"""A calendar at Google: version 3 of its Calendar API, with a permission by OAuth 2 in place of a password.

https://developers.google.com/workspace/calendar/api/guides/sync
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import (
    BEGINNING,
    AlreadyThere,
    Changes,
    FoundAccount,
    FoundCalendar,
    Outdated,
)
from calendars.connections.provider_calls import NotThere, ProviderCalls, get_items, read_object
from calendars.events.event_parser import BACK, MOST_TIMES
from calendars.events.event_values import EventValues, ReadEvent, ReadTime
from calendars.events.google_events import (
    build_event_id,
    build_item_changes,
    build_new_item,
    get_item_uid,
    parse_item,
)
from calendars.models import ConnectedCalendar
from calendars.models.calendar_event import LONGEST_ETAG, LONGEST_PATH
from crm.platform.web.outgoing_calls import OutgoingResponse

ADDRESS = "https://www.googleapis.com/calendar/v3"
MOST_EVENTS, PAGE = 20_000, 1_000
# What is over for longer isn't read.
PAST = timedelta(days=30)
# Google says with these that it is asked too often: https://developers.google.com/workspace/calendar/api/guides/errors
BUSY = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
# Whom Google has invited hears from Google what has changed.
TELLING, QUIETLY = {"sendUpdates": "all"}, {"sendUpdates": "none"}


class GoogleServer:
    """The calendar of a connected Google account; see CalendarServer for its methods. The path of an event is its ID. A series has no
    etag: its times have their own ones, which are read right before they are written."""

    def __init__(self, calendar: ConnectedCalendar, seconds: float) -> None:
        """`seconds` are how long a call may take."""
        self.calendar = calendar
        self.calls = ProviderCalls(calendar, ADDRESS, next_page="nextPageToken", busy=BUSY, seconds=seconds)
        # What a list of changes brought with it needn't be asked for again.
        self._listed: dict[str, ReadEvent] = {}

    # Finding calendars

    def find_account(self) -> FoundAccount:
        """The ID of an account's first calendar is its address."""
        query = {"minAccessRole": "writer", "maxResults": 250}
        items = self.calls.find_items("/users/me/calendarList", query, "items")
        found = [
            FoundCalendar(one["id"], str(one.get("summaryOverride") or one.get("summary") or one["id"])[:200])
            for one in items
            if len(one["id"]) <= LONGEST_PATH
        ]
        if not found:
            raise CalendarProblem("no_own_calendars")
        return FoundAccount(found, [one["id"].lower() for one in items if one.get("primary") is True])

    # What has changed

    def list_changes(self, cursor: str) -> Changes:
        if cursor:
            try:
                return self._list_changes({"syncToken": cursor})
            except NotThere:
                # Google no longer knows the token, or the calendar is gone.
                pass
        since = datetime.now(UTC) - PAST
        try:
            return self._list_changes({"timeMin": since.isoformat(timespec="seconds")}, since)
        except NotThere as error:
            raise CalendarProblem("calendar_gone") from error

    def _list_changes(self, query: dict[str, Any], since: datetime = BEGINNING) -> Changes:
        """Raises NotThere."""
        etags: dict[str, str] = {}
        gone: set[str] = set()
        cursor, is_whole = "", "syncToken" not in query
        self._listed.clear()
        for page in self.calls.get_pages(self._events, query | {"maxResults": PAGE, "showDeleted": "true"}):
            for item in get_items(page, "items"):
                self._note_item(item, etags, gone)
            if len(etags) > MOST_EVENTS:
                raise CalendarProblem("too_many")
            cursor = str(page.get("nextSyncToken") or "")
        if not cursor:
            raise CalendarProblem("answer", "nextSyncToken")
        return Changes({path: etags[path] for path in etags.keys() - gone}, gone, cursor, is_whole, since)

    def _note_item(self, item: dict[str, Any], etags: dict[str, str], gone: set[str]) -> None:
        """A time of a series that differs from it is an event of its own at Google, which names the series."""
        series = item.get("recurringEventId")
        path = series if isinstance(series, str) and series else item["id"]
        if len(path) > LONGEST_PATH:
            return
        if path != item["id"] or item.get("recurrence"):
            is_gone = path == item["id"] and item.get("status") == "cancelled"
            gone.add(path) if is_gone else etags.setdefault(path, "")
        elif item.get("status") == "cancelled":
            gone.add(path)
        else:
            self._listed[path] = self._build_event(item)
            etags[path] = self._listed[path].etag

    # Reading and writing events

    def read_events(self, paths: list[str], until: datetime) -> dict[str, ReadEvent]:
        found = {path: self._listed.get(path) or self._read_event(path, until) for path in paths}
        return {path: event for path, event in found.items() if event is not None}

    def _read_event(self, path: str, until: datetime) -> ReadEvent | None:
        item = self.calls.get_object(self._get_place(path))
        if item is None or item.get("status") == "cancelled":
            return None
        if not item.get("recurrence"):
            return self._build_event(item)
        since = datetime.now(UTC) - BACK
        query = {
            "timeMin": since.isoformat(timespec="seconds"),
            "timeMax": until.isoformat(timespec="seconds"),
        }
        times = {one.recurrence: one for each in self._list_times(path, query) if (one := self._parse(each))}
        return ReadEvent(path, "", get_item_uid(item), recurring=True, times=tuple(times.values()))

    def _list_times(self, path: str, query: dict[str, Any]) -> list[dict[str, Any]]:
        """The times of a series; none if it is gone."""
        query = query | {"maxResults": MOST_TIMES}
        page = self.calls.get_object(f"{self._get_place(path)}/instances", query)
        return get_items(page or {}, "items")[:MOST_TIMES]

    def get_uid(self, key: str) -> str:
        return get_item_uid({"id": build_event_id(key)})

    def add_event(self, key: str, values: EventValues) -> tuple[str, str]:
        item = build_new_item(key, values)
        answer = self.calls.call("POST", self._events, QUIETLY, item)
        if answer.status == 409:
            answer = self._add_again(item)
        return item["id"], _get_etag(read_object(answer))

    def _add_again(self, item: dict[str, Any]) -> OutgoingResponse:
        """Google keeps deleted events, and with them their IDs. Raises AlreadyThere if it isn't deleted."""
        place = self._get_place(item["id"])
        known = self.calls.get_object(place)
        if known is None or known.get("status") != "cancelled":
            raise AlreadyThere(item["id"])
        return self.calls.call("PUT", place, QUIETLY, item, etag=_get_etag(known))

    def change_event(self, path: str, etag: str, recurrence: str, values: EventValues) -> str:
        item = self._find_item(path, etag, recurrence)
        changes = build_item_changes(item, values, self.calendar.owner.zone)
        if changes:
            place = self._get_place(item["id"])
            item = read_object(self.calls.call("PATCH", place, TELLING, changes, etag=_get_etag(item)))
        return "" if recurrence else _get_etag(item)

    def delete_event(self, path: str, etag: str, recurrence: str) -> str:
        wanted = self._find_item(path, etag, recurrence)["id"] if recurrence else path
        answer = self.calls.call("DELETE", self._get_place(wanted), TELLING, etag="" if recurrence else etag)
        if answer.status not in (200, 204, 404, 410):
            raise CalendarProblem("answer", str(answer.status))
        return ""

    def _find_item(self, path: str, etag: str, recurrence: str) -> dict[str, Any]:
        """The event, or one time of a series, as it is now. Raises Outdated."""
        if recurrence:
            items = self._list_times(path, {"originalStart": recurrence})
            item = items[0] if items else None
        else:
            item = self.calls.get_object(self._get_place(path))
        is_another = item is not None and bool(etag) and not recurrence and _get_etag(item) != etag
        if item is None or item.get("status") == "cancelled" or is_another:
            raise Outdated
        return item

    def _build_event(self, item: dict[str, Any]) -> ReadEvent:
        one = self._parse(item)
        path, etag = item["id"], _get_etag(item)
        if one is None:
            return ReadEvent(path, etag, is_readable=False)
        return ReadEvent(path, etag, get_item_uid(item), times=(one,))

    def _parse(self, item: dict[str, Any]) -> ReadTime | None:
        return parse_item(item, self.calendar.owner.zone)

    @property
    def _events(self) -> str:
        return f"/calendars/{quote(self.calendar.path, safe='')}/events"

    def _get_place(self, path: str) -> str:
        return f"{self._events}/{quote(path, safe='')}"


def _get_etag(item: dict[str, Any]) -> str:
    value = item.get("etag")
    return value[:LONGEST_ETAG] if isinstance(value, str) else ""
