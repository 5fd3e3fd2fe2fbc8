"""What a sync asks of a calendar server, whatever protocol it speaks. A path names an event on the server, an etag its version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from calendars.events.event_values import EventValues, ReadEvent


class Outdated(Exception):
    """The event has another version on the server, or it is there although it was to be added."""


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
    deleted. If `is_whole`, these are all events of the calendar, and any other one is gone."""

    etags: Mapping[str, str]
    gone: Collection[str]
    cursor: str
    is_whole: bool


class CalendarServer(Protocol):
    """Each method raises CalendarProblem."""

    def find_account(self) -> FoundAccount: ...

    def list_changes(self, cursor: str) -> Changes:
        """`cursor` is that of the last changes, or ''. One that the server no longer knows gives all events."""

    def read_events(self, paths: list[str], until: datetime) -> dict[str, ReadEvent]:
        """Those that are still there, by path; series until that moment."""

    def add_event(self, key: str, values: EventValues) -> tuple[str, str]:
        """The path and the etag of an event that was added, '' if the server doesn't say it. The same key gives the same path. Raises
        Outdated if there is one."""

    def get_path(self, key: str) -> str:
        """Where the event with this key is, or would be."""

    def get_uid(self, key: str) -> str:
        """What the event with this key is called in every calendar."""

    def change_event(self, path: str, etag: str, recurrence: str, values: EventValues) -> str:
        """The new etag. Of a series, only the time with this `recurrence` changes. Raises Outdated."""

    def delete_event(self, path: str, etag: str, recurrence: str) -> str:
        """Delete it, or cancel one time of a series: then its etag is returned. One that is gone is no error. Raises Outdated."""
