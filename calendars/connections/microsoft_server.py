"""A calendar at Microsoft 365 or Outlook.com: version 1.0 of Microsoft Graph, with a permission by OAuth 2 in place of a password.

https://learn.microsoft.com/en-us/graph/delta-query-events
"""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import BEGINNING, END, Changes, FoundAccount, Outdated
from calendars.connections.provider_calls import NotThere, ProviderCalls, read_object
from calendars.connections.provider_server import Item, ProviderServer
from calendars.events import microsoft_events
from calendars.events.event_parser import BACK, MOST_TIMES
from calendars.events.event_values import EventValues
from calendars.events.json_values import get_object, get_text
from calendars.models import ConnectedCalendar

ADDRESS = "https://graph.microsoft.com/v1.0"
HEADERS = {"Prefer": 'outlook.timezone="UTC", IdType="ImmutableId", odata.maxpagesize=200'}
# Changes are those of a period that stays as it was at the beginning, so it begins again after some time.
PAST, AHEAD, BEGINS_AGAIN = timedelta(days=30), timedelta(days=430), timedelta(days=30)


class MicrosoftServer(ProviderServer):
    """The calendar of a connected Microsoft account. A cursor is the moment at which its period began, and the address that has what
    follows."""

    events: ClassVar[Any] = microsoft_events
    items_name, etag_name, series_name = "value", "@odata.etag", "seriesMasterId"

    def __init__(self, calendar: ConnectedCalendar, seconds: float) -> None:
        """`seconds` are how long a call may take."""
        calls = ProviderCalls(
            calendar, ADDRESS, next_page="@odata.nextLink", headers=HEADERS, seconds=seconds
        )
        super().__init__(calendar, calls)

    def find_account(self) -> FoundAccount:
        """The first calendar of an account is its owner's."""
        listed = self.calls.find_items("/me/calendars", {"$top": 100}, self.items_name)
        items = [one for one in listed if one.get("canEdit") is True]
        found = self.build_calendars(items, "name")
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
        period = _build_period(since, until)
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
        etags, gone, last = self.read_changes(place, query)
        address = get_text(last, "@odata.deltaLink")
        if not address.startswith(f"{ADDRESS}/"):
            raise CalendarProblem("answer", "@odata.deltaLink")
        is_whole = query is not None
        return Changes(etags, gone, f"{begun} {address}", is_whole, since, until, names_times=True)

    # Reading and writing events

    def list_times_until(self, path: str, until: datetime) -> list[Item]:
        return self._list_times(path, datetime.now(UTC) - BACK, until)

    def find_time(self, path: str, recurrence: str) -> Item | None:
        now = datetime.now(UTC)
        times = self._list_times(path, now - PAST, now + AHEAD)
        return next((one for one in times if microsoft_events.get_recurrence(one) == recurrence), None)

    def _list_times(self, path: str, since: datetime, until: datetime) -> list[Item]:
        place = f"{self.get_place(path)}/instances"
        return self.calls.find_items(place, _build_period(since, until), self.items_name)[:MOST_TIMES]

    def add_event(self, key: str, values: EventValues) -> tuple[str, str]:
        answer = self.calls.call(
            "POST", f"{self._calendar}/events", None, microsoft_events.build_new_item(key, values)
        )
        if answer.status == 409:
            raise Outdated
        item = read_object(answer)
        return get_text(item, "id"), self.get_etag(item)

    def delete_event(self, path: str, etag: str, recurrence: str) -> str:
        """Microsoft tells those whom it has invited. It doesn't say that it looks at the version, so it is read first."""
        if etag or recurrence:
            try:
                path = self.find_item(path, etag, recurrence)["id"]
            except NotThere:
                return ""
        self.delete_item(path)
        return ""

    # Microsoft's words

    def is_deleted(self, item: Item) -> bool:
        return "@removed" in item

    def is_series(self, item: Item) -> bool:
        return item.get("type") == "seriesMaster"

    @property
    def _calendar(self) -> str:
        return f"/me/calendars/{quote(self.calendar.path, safe='')}"

    def get_place(self, path: str) -> str:
        return f"/me/events/{quote(path, safe='')}"


def _build_period(since: datetime, until: datetime) -> dict[str, str]:
    return {"startDateTime": _format(since), "endDateTime": _format(until)}


def _format(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
