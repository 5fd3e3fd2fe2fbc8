"""A calendar at Google: version 3 of its Calendar API, with a permission by OAuth 2 in place of a password.

https://developers.google.com/workspace/calendar/api/guides/sync
"""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import BEGINNING, AlreadyThere, Changes, FoundAccount, Outdated
from calendars.connections.provider_calls import NotThere, ProviderCalls, get_items, read_object
from calendars.connections.provider_server import Item, ProviderServer
from calendars.events import google_events
from calendars.events.event_parser import BACK, MOST_TIMES
from calendars.events.event_values import EventValues
from calendars.models import ConnectedCalendar
from crm.platform.web.outgoing_calls import OutgoingResponse

ADDRESS = "https://www.googleapis.com/calendar/v3"
PAGE = 1_000
# What is over for longer isn't read.
PAST = timedelta(days=30)
# Google says with these that it is asked too often: https://developers.google.com/workspace/calendar/api/guides/errors
BUSY = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
# Whom Google has invited hears from Google what has changed.
TELLING, QUIETLY = {"sendUpdates": "all"}, {"sendUpdates": "none"}


class GoogleServer(ProviderServer):
    """The calendar of a connected Google account."""

    events: ClassVar[Any] = google_events
    items_name, etag_name, series_name = "items", "etag", "recurringEventId"
    change_query = TELLING

    def __init__(self, calendar: ConnectedCalendar, seconds: float) -> None:
        """`seconds` are how long a call may take."""
        calls = ProviderCalls(calendar, ADDRESS, next_page="nextPageToken", busy=BUSY, seconds=seconds)
        super().__init__(calendar, calls)

    def find_account(self) -> FoundAccount:
        """The ID of an account's first calendar is its address."""
        query = {"minAccessRole": "writer", "maxResults": 250}
        items = self.calls.find_items("/users/me/calendarList", query, self.items_name)
        found = self.build_calendars(items, "summaryOverride", "summary")
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
            return self._list_changes({"timeMin": _format(since)}, since)
        except NotThere as error:
            raise CalendarProblem("calendar_gone") from error

    def _list_changes(self, query: dict[str, Any], since: datetime = BEGINNING) -> Changes:
        """Raises NotThere."""
        whole = query | {"maxResults": PAGE, "showDeleted": "true"}
        etags, gone, last = self.read_changes(self._events, whole)
        cursor = str(last.get("nextSyncToken") or "")
        if not cursor:
            raise CalendarProblem("answer", "nextSyncToken")
        return Changes(etags, gone, cursor, "syncToken" not in query, since)

    # Reading and writing events

    def list_times_until(self, path: str, until: datetime) -> list[Item]:
        return self._list_times(
            path, {"timeMin": _format(datetime.now(UTC) - BACK), "timeMax": _format(until)}
        )

    def find_time(self, path: str, recurrence: str) -> Item | None:
        return next(iter(self._list_times(path, {"originalStart": recurrence})), None)

    def _list_times(self, path: str, query: dict[str, Any]) -> list[Item]:
        query = query | {"maxResults": MOST_TIMES}
        page = self.calls.get_object(f"{self.get_place(path)}/instances", query)
        return get_items(page or {}, self.items_name)[:MOST_TIMES]

    def add_event(self, key: str, values: EventValues) -> tuple[str, str]:
        item = google_events.build_new_item(key, values)
        answer = self.calls.call("POST", self._events, QUIETLY, item)
        if answer.status == 409:
            answer = self._add_again(item)
        return item["id"], self.get_etag(read_object(answer))

    def _add_again(self, item: Item) -> OutgoingResponse:
        """Google keeps deleted events, and with them their IDs. Raises AlreadyThere if it isn't deleted."""
        place = self.get_place(item["id"])
        known = self.calls.get_object(place)
        if known is None or not self.is_deleted(known):
            raise AlreadyThere(item["id"])
        return self.calls.call("PUT", place, QUIETLY, item, etag=self.get_etag(known))

    def delete_event(self, path: str, etag: str, recurrence: str) -> str:
        if recurrence:
            try:
                path, etag = self.find_item(path, etag, recurrence)["id"], ""
            except NotThere as error:
                raise Outdated from error
        self.delete_item(path, TELLING, etag=etag)
        return ""

    # Google's words

    def is_deleted(self, item: Item) -> bool:
        return item.get("status") == "cancelled"

    def is_series(self, item: Item) -> bool:
        return bool(item.get("recurrence"))

    @property
    def _events(self) -> str:
        return f"/calendars/{quote(self.calendar.path, safe='')}/events"

    def get_place(self, path: str) -> str:
        return f"{self._events}/{quote(path, safe='')}"


def _format(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
