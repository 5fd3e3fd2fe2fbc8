"""What a sync asks of a calendar server, whatever protocol it speaks. A path names an event on the server, an etag its version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from calendars.calendar_problems import CalendarProblem
from calendars.events.event_values import EventValues, ReadEvent

# Seconds for a call of a sync, and for one that a page waits for: some servers read each new event before their first answer.
LONGEST, PATIENCE = 60, 15
# Of one answer
MOST_BYTES = 30_000_000
MOST_EVENTS = 20_000
BEGINNING, END = (datetime(year, 1, 1, tzinfo=UTC) for year in (2, 9000))


class Outdated(Exception):
    """The event has another version on the server."""


class AlreadyThere(Exception):
    """The event was to be added, and it is there: an answer was lost, or it was deleted here and came back."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True)
class FoundCalendar:
    path: str
    name: str


@dataclass(frozen=True)
class FoundAccount:
    """The calendars that can have events, and the addresses that the server knows the user by, in lower case."""

    calendars: list[FoundCalendar]
    addresses: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Changes:
    """What has changed since a cursor: the etags of events that were added or changed by path, and the paths of those that were
    deleted. If `is_whole`, these are all events of the calendar that have a time between `since` and `until`, and any other one is gone.
    If `names_times`, `gone` may also name a time of a series, without saying of which."""

    etags: Mapping[str, str]
    gone: Collection[str]
    cursor: str
    is_whole: bool
    since: datetime = BEGINNING
    until: datetime = END
    names_times: bool = False


class CalendarServer(Protocol):
    """Each method raises CalendarProblem."""

    def find_account(self) -> FoundAccount: ...

    def list_changes(self, cursor: str) -> Changes:
        """`cursor` is that of the last changes, or ''. One that the server no longer knows gives all events."""

    def read_events(self, paths: list[str], until: datetime) -> dict[str, ReadEvent]:
        """Those that are still there, by path; series until that moment."""

    def add_event(self, key: str, values: EventValues) -> tuple[str, str]:
        """The path and the etag of an event that was added, '' if the server doesn't say it. Raises AlreadyThere if there is one with
        this key, or Outdated if the next list of changes will have it."""

    def change_event(self, path: str, etag: str, recurrence: str, values: EventValues) -> str:
        """The new etag. Of a series, only the time with this `recurrence` changes. Raises Outdated."""

    def delete_event(self, path: str, etag: str, recurrence: str) -> str:
        """Delete it, or cancel one time of a series: then its etag is returned. One that is gone is no error. Raises Outdated."""


def check_number(etags: Mapping[str, str]) -> None:
    """Raises CalendarProblem for a calendar that has too many events."""
    if len(etags) > MOST_EVENTS:
        raise CalendarProblem("too_many")
