"""A calendar of a provider as its owner's own program has it, and the server of this machine that it is on."""

import contextlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

TOKEN, OWNER = "the-token-of-bob", "bob@calendar.example"
WEEK = timedelta(weeks=1)
Answer = tuple[int, dict[str, Any] | None]


@dataclass
class ProviderEvent:
    """`weekly` is how many times a series has; `exceptions` are the ones that differ, by their number, None for a canceled one."""

    id: str
    title: str
    begins: Any
    ends: Any
    guests: dict[str, str] = field(default_factory=dict)
    organizer: str = OWNER
    place: str = ""
    free: bool = False
    private: bool = False
    weekly: int = 0
    own: dict[str, Any] = field(default_factory=dict)
    gone: bool = False
    number: int = 0
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    exceptions: dict[int, "ProviderEvent | None"] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return f'"{self.id}-{self.number}"'

    def build_times(self) -> dict[int, "ProviderEvent"]:
        """The times of a series that are there."""
        times: dict[int, ProviderEvent] = {}
        for number in range(self.weekly):
            one = self.exceptions.get(number, self)
            if one is self:
                shift = number * WEEK
                one = ProviderEvent(
                    f"{self.id}_{number}", self.title, self.begins + shift, self.ends + shift, self.guests
                )
                one.organizer, one.place, one.number = self.organizer, self.place, self.number
            if one is not None:
                times[number] = one
        return times


class CalendarAtProvider:
    """One calendar as its owner's own program has it. Each change has a number, which the provider calls a token."""

    def __init__(self) -> None:
        self.events: dict[str, ProviderEvent] = {}
        self.number = self.forgotten = 0
        self.removed_times: dict[int, str] = {}

    def note(self, event: ProviderEvent, at: datetime | None = None) -> None:
        self.number += 1
        event.number, event.updated = self.number, at or datetime.now(UTC)

    def add(self, title: str, begins: Any, *guests: str, minutes: int = 60, **values: Any) -> ProviderEvent:
        length = timedelta(days=1) if not isinstance(begins, datetime) else timedelta(minutes=minutes)
        name = f"event{len(self.events) + 1}"
        event = ProviderEvent(
            name, title, begins, begins + length, dict.fromkeys(guests, "needsAction"), **values
        )
        self.events[name] = event
        self.note(event)
        return event

    def edit(self, event: ProviderEvent, **values: Any) -> None:
        """Later than any change so far."""
        for name, value in values.items():
            setattr(event, name, value)
        self.note(event, datetime.now(UTC) + timedelta(minutes=1))

    def change_time(self, series: ProviderEvent, number: int, **values: Any) -> ProviderEvent:
        one = series.build_times()[number]
        series.exceptions[number] = one
        self.edit(one, **values)
        return one

    def cancel_time(self, series: ProviderEvent, number: int) -> None:
        one = series.build_times()[number]
        series.exceptions[number] = None
        self.number += 1
        self.removed_times[self.number] = one.id

    def delete(self, event: ProviderEvent) -> None:
        event.gone = True
        self.note(event)

    def list_present(self) -> list[ProviderEvent]:
        return [event for event in self.events.values() if not event.gone]

    def find(self, name: str) -> tuple[ProviderEvent | None, ProviderEvent | None, int]:
        """The event, and for a time of a series the series and the number of the time."""
        if event := self.events.get(name):
            return event, None, 0
        series, _line, number = name.rpartition("_")
        found = self.events.get(series)
        if found is None or found.gone:
            return None, None, 0
        return found.build_times().get(int(number)), found, int(number)


class ProviderServer(ThreadingHTTPServer):
    """`asked` are the calls so far, `queries` what they asked for by method; `answers` come in place of the real ones, once each; `lost` answers are never sent, although the call
    was carried out."""

    prefix = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}{self.prefix}"
        self.calendar = CalendarAtProvider()
        self.tokens = {TOKEN}
        self.asked: list[tuple[str, str]] = []
        self.queries: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self.answers: list[Answer] = []
        self.retry_after = ""
        self.lost: set[str] = set()
        self.page = 100
        self.calendar_is_gone = False

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        raise NotImplementedError

    def check_version(self, event: ProviderEvent, headers: Any) -> bool:
        return headers.get("If-Match") in (None, event.etag)

    def build_page(self, rows: list[dict[str, Any]], begin: int) -> tuple[list[dict[str, Any]], int]:
        """The rows of a page, and where the next one begins, 0 for none."""
        end = begin + self.page
        return rows[begin:end], end if end < len(rows) else 0


def as_moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    assert isinstance(value, date)
    return datetime(value.year, value.month, value.day, tzinfo=UTC)


class Handler(BaseHTTPRequestHandler):
    def answer_any(self) -> None:
        server: Any = self.server
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server.asked.append((self.command, unquote(parts.path)))
        server.queries[self.command].append(dict(parse_qsl(parts.query)))
        if self.headers["Authorization"].removeprefix("Bearer ") not in server.tokens:
            status, content = 401, {"error": {"code": 401}}
        elif server.answers:
            status, content = server.answers.pop(0)
        else:
            query, body = dict(parse_qsl(parts.query)), json.loads(raw) if raw else None
            status, content = server.answer(self.command, parts.path, query, body, self.headers)
            if self.command in server.lost:
                server.lost.discard(self.command)
                self.close_connection = True
                return
        self.send_response(status)
        said = json.dumps(content).encode() if content is not None else b""
        self.send_header("Content-Length", str(len(said)))
        if server.retry_after:
            self.send_header("Retry-After", server.retry_after)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(said)

    def do_GET(self) -> None:
        self.answer_any()

    def do_POST(self) -> None:
        self.answer_any()

    def do_PATCH(self) -> None:
        self.answer_any()

    def do_PUT(self) -> None:
        self.answer_any()

    def do_DELETE(self) -> None:
        self.answer_any()

    def log_message(self, *_arguments: Any) -> None:
        """Quiet."""


@contextlib.contextmanager
def a_provider(kind: type[ProviderServer]) -> Iterator[ProviderServer]:
    server = kind()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
