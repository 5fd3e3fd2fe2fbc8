"""What calendars at Google and at Microsoft have in common: events are JSON with an ID, the times of a series name the series, and a list of
changes has the events themselves."""

from datetime import datetime
from typing import Any, ClassVar

from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import FoundCalendar, Outdated, check_number
from calendars.connections.provider_calls import NotThere, ProviderCalls, get_items, read_object
from calendars.events.event_values import EventValues, ReadEvent, ReadTime
from calendars.events.json_values import get_text
from calendars.models import ConnectedCalendar
from calendars.models.calendar_event import LONGEST_ETAG, LONGEST_PATH

Item = dict[str, Any]


class ProviderServer:
    """See CalendarServer for its methods. The path of an event is its ID. A series has no etag: its times have their own ones, which are
    read right before they are written."""

    # The module with `parse_item`, `get_item_uid` and `build_item_changes` for the events of the provider.
    events: ClassVar[Any]
    # The names of the list in a page, of the version of an event, and of its series in one of its times.
    items_name: ClassVar[str]
    etag_name: ClassVar[str]
    series_name: ClassVar[str]
    # What the call that changes an event asks for.
    change_query: ClassVar[dict[str, Any] | None] = None

    def __init__(self, calendar: ConnectedCalendar, calls: ProviderCalls) -> None:
        self.calendar, self.calls = calendar, calls
        # What a list of changes brought with it needn't be asked for again.
        self._listed: dict[str, ReadEvent] = {}

    # What each provider says in its own way

    def get_place(self, path: str) -> str:
        """The address of an event, below that of the provider."""
        raise NotImplementedError

    def is_deleted(self, item: Item) -> bool:
        raise NotImplementedError

    def is_series(self, item: Item) -> bool:
        raise NotImplementedError

    def list_times_until(self, path: str, until: datetime) -> list[Item]:
        """The times of a series that aren't long over; none if it is gone."""
        raise NotImplementedError

    def find_time(self, path: str, recurrence: str) -> Item | None:
        """This time of a series."""
        raise NotImplementedError

    # Finding calendars

    def build_calendars(self, items: list[Item], *names: str) -> list[FoundCalendar]:
        """Each has the first of these names that it has. Raises CalendarProblem if there are none."""
        found = []
        for one in items:
            name = next((text for key in names if (text := get_text(one, key))), one["id"])
            if len(one["id"]) <= LONGEST_PATH:
                found.append(FoundCalendar(one["id"], name[:200]))
        if not found:
            raise CalendarProblem("no_own_calendars")
        return found

    # What has changed

    def read_changes(self, place: str, query: dict[str, Any] | None) -> tuple[dict[str, str], set[str], Item]:
        """The etags of what was added or changed, what is gone, and the last page. Raises NotThere."""
        etags: dict[str, str] = {}
        gone: set[str] = set()
        page: Item = {}
        self._listed.clear()
        for page in self.calls.get_pages(place, query):
            for item in get_items(page, self.items_name):
                self._note_item(item, etags, gone)
            check_number(etags)
        return {path: etag for path, etag in etags.items() if path not in gone}, gone, page

    def _note_item(self, item: Item, etags: dict[str, str], gone: set[str]) -> None:
        """A time of a series that comes by itself says that its series has changed."""
        path = get_text(item, self.series_name) or item["id"]
        if len(path) > LONGEST_PATH:
            return
        if path == item["id"] and self.is_deleted(item):
            gone.add(path)
        elif path != item["id"] or self.is_series(item):
            etags.setdefault(path, "")
        else:
            self._listed[path] = self._build_event(item)
            etags[path] = self._listed[path].etag

    # Reading and writing events

    def read_events(self, paths: list[str], until: datetime) -> dict[str, ReadEvent]:
        found = {path: self._listed.get(path) or self._read_event(path, until) for path in paths}
        return {path: event for path, event in found.items() if event is not None}

    def _read_event(self, path: str, until: datetime) -> ReadEvent | None:
        item = self.calls.get_object(self.get_place(path))
        if item is None or self.is_deleted(item):
            return None
        if not self.is_series(item):
            return self._build_event(item)
        items = self.list_times_until(path, until)
        times = {one.recurrence: one for each in items if (one := self._parse_time(each))}
        return ReadEvent(
            path, "", self.events.get_item_uid(item), recurring=True, times=tuple(times.values())
        )

    def _build_event(self, item: Item) -> ReadEvent:
        one, path, etag = self._parse_time(item), item["id"], self.get_etag(item)
        if one is None:
            return ReadEvent(path, etag, is_readable=False)
        return ReadEvent(path, etag, self.events.get_item_uid(item), times=(one,))

    def _parse_time(self, item: Item) -> ReadTime | None:
        return self.events.parse_item(item, self.calendar.owner.zone)

    def change_event(self, path: str, etag: str, recurrence: str, values: EventValues) -> str:
        try:
            item = self.find_item(path, etag, recurrence)
        except NotThere as error:
            raise Outdated from error
        if changes := self.events.build_item_changes(item, values, self.calendar.owner.zone):
            place, etag = self.get_place(item["id"]), self.get_etag(item)
            item = read_object(self.calls.call("PATCH", place, self.change_query, changes, etag=etag))
        return "" if recurrence else self.get_etag(item)

    def find_item(self, path: str, etag: str, recurrence: str) -> Item:
        """The event, or one time of a series, as it is now. Raises NotThere, and Outdated."""
        if recurrence:
            item = self.find_time(path, recurrence)
        else:
            item = self.calls.get_object(self.get_place(path))
        if item is None or self.is_deleted(item):
            raise NotThere
        if etag and not recurrence and self.get_etag(item) != etag:
            raise Outdated
        return item

    def delete_item(self, path: str, query: dict[str, Any] | None = None, *, etag: str = "") -> None:
        """One that is gone is no error."""
        answer = self.calls.call("DELETE", self.get_place(path), query, etag=etag)
        if answer.status not in (200, 204, 404, 410):
            raise CalendarProblem("answer", str(answer.status))

    def get_etag(self, item: Item) -> str:
        return get_text(item, self.etag_name)[:LONGEST_ETAG]
