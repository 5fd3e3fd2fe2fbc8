"""A calendar at Microsoft 365 or Outlook.com: version 1.0 of Microsoft Graph, with a permission by OAuth 2 in place of a password.

https://learn.microsoft.com/en-us/graph/delta-query-events
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import (
    BEGINNING,
    END,
    Changes,
    FoundAccount,
    FoundCalendar,
    Outdated,
)
from calendars.connections.provider_calls import NotThere, ProviderCalls, get_items, read_object
from calendars.events.event_parser import BACK, MOST_TIMES
from calendars.events.event_values import EventValues, ReadEvent, ReadTime
from calendars.events.json_values import get_object, get_text
from calendars.events.microsoft_events import (
    build_item_changes,
    build_new_item,
    get_item_uid,
    get_recurrence,
    parse_item,
)
from calendars.models import ConnectedCalendar
from calendars.models.calendar_event import LONGEST_ETAG, LONGEST_PATH
from crm.platform.web.calendar_files import get_site_host

ADDRESS = "https://graph.microsoft.com/v1.0"
HEADERS = {"Prefer": 'outlook.timezone="UTC", IdType="ImmutableId", odata.maxpagesize=200'}
MOST_EVENTS = 20_000
# Changes are those of a period that stays as it was at the beginning, so it begins again after some time.
PAST, AHEAD, BEGINS_AGAIN = timedelta(days=30), timedelta(days=430), timedelta(days=30)


class MicrosoftServer:
    """The calendar of a connected Microsoft account; see CalendarServer for its methods. The path of an event is its ID. A series has no
    etag: its times have their own ones, which are read right before they are written. A cursor is the moment at which its period began,
    and the address that has what follows."""

    def __init__(self, calendar: ConnectedCalendar, seconds: float) -> None:
        """`seconds` are how long a call may take."""
        self.calendar = calendar
        self.calls = ProviderCalls(
            calendar, ADDRESS, next_page="@odata.nextLink", headers=HEADERS, seconds=seconds
        )
        # What a list of changes brought with it needn't be asked for again.
        self._listed: dict[str, ReadEvent] = {}

    # Finding calendars

    def find_account(self) -> FoundAccount:
        """The first calendar of an account is its owner's."""
        listed = self.calls.find_items("/me/calendars", {"$top": 100}, "value")
        items = [one for one in listed if one.get("canEdit") is True]
        found = [
            FoundCalendar(one["id"], (get_text(one, "name") or one["id"])[:200])
            for one in items
            if len(one["id"]) <= LONGEST_PATH
        ]
        if not found:
            raise CalendarProblem("no_own_calendars")
        first = [get_object(one, "owner") for one in items if one.get("isDefaultCalendar") is True]
        return FoundAccount(found, [text.lower() for owner in first if (text := get_text(owner, "address"))])

    # What has changed

    def list_changes(self, cursor: str) -> Changes:
        now = datetime.now(UTC)
        begun, _space, address = cursor.partition(" ")
        if address and now - datetime.fromisoformat(begun) < BEGINS_AGAIN:
            try:
                return self._list_changes(address, None, begun, BEGINNING, END)
            except NotThere:
                # Microsoft no longer knows the address, or the calendar is gone.
                pass
        since, until = now - PAST, now + AHEAD
        period = {"startDateTime": _format(since), "endDateTime": _format(until)}
        try:
            return self._list_changes(
                f"{self._calendar}/calendarView/delta", period, _format(now), since, until
            )
        except NotThere as error:
            raise CalendarProblem("calendar_gone") from error

    def _list_changes(
        self, place: str, query: dict[str, str] | None, begun: str, since: datetime, until: datetime
    ) -> Changes:
        """Raises NotThere."""
        etags: dict[str, str] = {}
        gone: set[str] = set()
        address = ""
        self._listed.clear()
        for page in self.calls.get_pages(place, query):
            for item in get_items(page, "value"):
                self._note_item(item, etags, gone)
            if len(etags) > MOST_EVENTS:
                raise CalendarProblem("too_many")
            address = get_text(page, "@odata.deltaLink")
        if not address.startswith(f"{ADDRESS}/"):
            raise CalendarProblem("answer", "@odata.deltaLink")
        etags = {path: etag for path, etag in etags.items() if path not in gone}
        is_whole = query is not None
        return Changes(etags, gone, f"{begun} {address}", is_whole, since, until, names_times=True)

    def _note_item(self, item: dict[str, Any], etags: dict[str, str], gone: set[str]) -> None:
        """The times of a series are events of their own at Microsoft, which name the series."""
        path = get_text(item, "seriesMasterId") or item["id"]
        if len(path) > LONGEST_PATH:
            return
        if "@removed" in item:
            gone.add(path)
        elif path != item["id"] or item.get("type") == "seriesMaster":
            etags.setdefault(path, "")
        else:
            self._listed[path] = self._build_event(item)
            etags[path] = self._listed[path].etag

    # Reading and writing events

    def read_events(self, paths: list[str], until: datetime) -> dict[str, ReadEvent]:
        found = {path: self._listed.get(path) or self._read_event(path, until) for path in paths}
        return {path: event for path, event in found.items() if event is not None}

    def _read_event(self, path: str, until: datetime) -> ReadEvent | None:
        item = self.calls.get_object(_get_place(path))
        if item is None:
            return None
        if item.get("type") != "seriesMaster":
            return self._build_event(item)
        items = self._list_times(path, datetime.now(UTC) - BACK, until)
        times: dict[str, ReadTime] = {one.recurrence: one for each in items if (one := self._parse(each))}
        return ReadEvent(path, "", get_item_uid(item), recurring=True, times=tuple(times.values()))

    def _list_times(self, path: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """The times of a series; none if it is gone."""
        period = {"startDateTime": _format(since), "endDateTime": _format(until)}
        return self.calls.find_items(f"{_get_place(path)}/instances", period, "value")[:MOST_TIMES]

    def get_uid(self, key: str) -> str:
        return f"{key}@{get_site_host()}"

    def add_event(self, key: str, values: EventValues) -> tuple[str, str]:
        answer = self.calls.call("POST", f"{self._calendar}/events", None, build_new_item(key, values))
        if answer.status == 409:
            raise Outdated
        item = read_object(answer)
        return get_text(item, "id"), _get_etag(item)

    def change_event(self, path: str, etag: str, recurrence: str, values: EventValues) -> str:
        try:
            item = self._find_item(path, etag, recurrence)
        except NotThere as error:
            raise Outdated from error
        changes = build_item_changes(item, values, self.calendar.owner.zone)
        if changes:
            answer = self.calls.call("PATCH", _get_place(item["id"]), None, changes, etag=_get_etag(item))
            item = read_object(answer)
        return "" if recurrence else _get_etag(item)

    def delete_event(self, path: str, etag: str, recurrence: str) -> str:
        """Microsoft tells those whom it has invited. It doesn't say that it looks at the version, so it is read first."""
        if etag or recurrence:
            try:
                path = self._find_item(path, etag, recurrence)["id"]
            except NotThere:
                return ""
        answer = self.calls.call("DELETE", _get_place(path))
        if answer.status not in (200, 204, 404, 410):
            raise CalendarProblem("answer", str(answer.status))
        return ""

    def _find_item(self, path: str, etag: str, recurrence: str) -> dict[str, Any]:
        """The event, or one time of a series, as it is now. Raises NotThere, and Outdated."""
        if recurrence:
            now = datetime.now(UTC)
            times = self._list_times(path, now - PAST, now + AHEAD)
            item = next((one for one in times if get_recurrence(one) == recurrence), None)
        else:
            item = self.calls.get_object(_get_place(path))
        if item is None:
            raise NotThere
        if etag and not recurrence and _get_etag(item) != etag:
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
    def _calendar(self) -> str:
        return f"/me/calendars/{quote(self.calendar.path, safe='')}"


def _get_place(path: str) -> str:
    return f"/me/events/{quote(path, safe='')}"


def _get_etag(item: dict[str, Any]) -> str:
    return get_text(item, "@odata.etag")[:LONGEST_ETAG]


def _format(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
