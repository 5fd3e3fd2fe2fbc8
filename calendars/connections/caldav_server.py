"""A CalDAV server (RFC 4791, RFC 6578): finding calendars, what has changed, reading and writing events.

All calls go through crm/platform/web/outgoing_calls.py, and the password only to the host that its owner entered, over TLS.
"""

from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from urllib.parse import quote, urljoin, urlsplit
from xml.sax.saxutils import escape  # nosec - it writes

from accounts.second_factor.secret_encryption import UnreadableSecret, decrypt_secret
from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import (
    LONGEST,
    MOST_BYTES,
    AlreadyThere,
    Changes,
    FoundAccount,
    FoundCalendar,
    Outdated,
    check_number,
)
from calendars.connections.multistatus import (
    APPLE,
    CALDAV,
    DAV,
    Multistatus,
    NotMultistatus,
    Part,
    get_path,
    parse_multistatus,
)
from calendars.events import event_parser_process, parser_limits
from calendars.events.event_values import EventValues, ReadEvent, build_event_uid
from calendars.models import ConnectedCalendar
from calendars.models.calendar_event import LONGEST_ETAG, LONGEST_PATH
from crm.platform.web.calendar_files import build_calendar_file, build_event, render_calendar
from crm.platform.web.outgoing_calls import NotCalled, OutgoingCall, OutgoingResponse, fetch_response

# Tests speak to servers without TLS.
SCHEMES = ("https",)
READ_AT_ONCE = 125
# So many calls read events side by side: most of a call is waiting for a server that is far away.
MOST_CALLS = 4
MOST_REDIRECTS, MOST_PAGES = 3, 200
# A cursor is the sync token of the server, or the tag of its calendar if it has none.
TOKEN, TAG = "token:", "tag:"  # nosec - what a cursor begins with
NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://calendarserver.org/ns/"'
FIND = "<D:current-user-principal/><D:resourcetype/><D:displayname/><C:supported-calendar-component-set/>"
TYPES = {"Content-Type": "application/xml; charset=utf-8"}


class CalDavServer:
    """The server of a connected calendar; see CalendarServer for its methods."""

    def __init__(self, calendar: ConnectedCalendar, seconds: float = LONGEST) -> None:
        """`seconds` are how long a call may take. Raises CalendarProblem."""
        self.calendar, self.seconds = calendar, seconds
        try:
            word = decrypt_secret(calendar.secret)
        except UnreadableSecret as error:
            raise CalendarProblem("key") from error
        sign_in = b64encode(f"{calendar.username}:{word}".encode()).decode()
        self._headers = {"Authorization": f"Basic {sign_in}", "User-Agent": "Leadwell"}
        self._inside = calendar.may_be_inside

    # Finding calendars

    def find_account(self) -> FoundAccount:
        for address in (self.calendar.address, urljoin(self.calendar.address, "/.well-known/caldav")):
            start = self._find_parts(address, FIND, depth=0)
            if own := [path for part in start for path in part.get_paths(f"{DAV}current-user-principal")]:
                return self._find_calendars_of(own[0])
            if here := [part for part in start if _is_calendar(part)]:
                return FoundAccount([_build_calendar(part) for part in here])
        raise CalendarProblem("no_calendars")

    def _find_calendars_of(self, principal: str) -> FoundAccount:
        wanted = "<C:calendar-home-set/><C:calendar-user-address-set/>"
        parts = self._find_parts(self._build_url(principal), wanted, depth=0)
        homes = [path for part in parts for path in part.get_paths(f"{CALDAV}calendar-home-set")]
        known = [path for part in parts for path in part.get_paths(f"{CALDAV}calendar-user-address-set")]
        addresses = [text[7:].lower() for text in known if text.lower().startswith("mailto:")]
        found: dict[str, FoundCalendar] = {}
        for home in homes:
            for part in self._find_parts(self._build_url(home), FIND, depth=1):
                if _is_calendar(part):
                    found[part.path] = _build_calendar(part)
        if not found:
            raise CalendarProblem("no_calendars")
        return FoundAccount(list(found.values()), addresses)

    def _find_parts(self, url: str, wanted: str, depth: int) -> list[Part]:
        """Empty where the server has nothing that it describes."""
        body = f"<D:propfind {NAMESPACES}><D:prop>{wanted}</D:prop></D:propfind>"
        answer = self._call("PROPFIND", url, body, depth=depth)
        return _read(answer).parts if answer.status == 207 else []

    # What has changed

    def list_changes(self, cursor: str) -> Changes:
        if not cursor.startswith(TAG):
            found = self._list_by_token(cursor.removeprefix(TOKEN))
            if found is None and cursor:
                found = self._list_by_token("")
            if found is not None:
                return found
        return self._list_by_tag(cursor)

    def _list_by_token(self, token: str) -> Changes | None:
        """None if the server has no sync tokens, or no longer knows this one. An answer may have several pages."""
        etags: dict[str, str] = {}
        gone: set[str] = set()
        is_whole = not token
        for _page in range(MOST_PAGES):
            body = (
                f"<D:sync-collection {NAMESPACES}><D:sync-token>{escape(token)}</D:sync-token>"
                "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
            )
            answer = self._call("REPORT", self.calendar.url, body, depth=0)
            if answer.status != 207:
                self._check_calendar(answer)
                return None
            read = _read(answer)
            for part in self._get_events(read.parts):
                if part.status == 404:
                    gone.add(part.path)
                    etags.pop(part.path, None)
                else:
                    etags[part.path] = _get_etag(part)
                    gone.discard(part.path)
            check_number(etags)
            token = read.sync_token
            if not token:
                return None
            if not any(part.status == 507 for part in read.parts):
                return Changes(etags, gone, TOKEN + token, is_whole)
        raise CalendarProblem("answer", "507")

    def _list_by_tag(self, cursor: str) -> Changes:
        """All events, unless the tag of the calendar is still the same. Servers without a tag say all each time."""
        parts = self._find_parts(self.calendar.url, "<A:getctag/><D:resourcetype/>", depth=0)
        if not parts:
            raise CalendarProblem("calendar_gone")
        tag = parts[0].get_text(f"{APPLE}getctag")
        if tag and cursor == TAG + tag:
            return Changes({}, (), cursor, is_whole=False)
        found = self._get_events(self._find_parts(self.calendar.url, "<D:getetag/>", depth=1))
        etags = {part.path: _get_etag(part) for part in found}
        check_number(etags)
        return Changes(etags, (), TAG + tag, is_whole=True)

    def _get_events(self, parts: list[Part]) -> Iterator[Part]:
        """Without the calendar itself, what is in folders below it, and paths that can't be kept."""
        own = get_path(self.calendar.path).rstrip("/")
        for part in parts:
            can_be_kept = "\0" not in part.path and len(part.path) <= LONGEST_PATH
            if part.path.rstrip("/") != own and not part.path.endswith("/") and can_be_kept:
                yield part

    def _check_calendar(self, answer: OutgoingResponse) -> None:
        """Raises CalendarProblem if the calendar itself is gone."""
        if answer.status in (404, 410):
            raise CalendarProblem("calendar_gone")

    # Reading and writing events

    def read_events(self, paths: list[str], until: datetime) -> dict[str, ReadEvent]:
        parts = [paths[begin : begin + READ_AT_ONCE] for begin in range(0, len(paths), READ_AT_ONCE)]
        with ThreadPoolExecutor(MOST_CALLS) as threads:
            texts = [*chain.from_iterable(threads.map(self._fetch_texts, parts))]
        zone = str(self.calendar.owner.zone)
        return {event.path: event for event in event_parser_process.parse_events(texts, zone, until)}

    def _fetch_texts(self, paths: list[str]) -> list[tuple[str, str, bytes]]:
        """Their paths, etags and texts. Of an event that is too large there is no text."""
        places = "".join(f"<D:href>{escape(quote(path))}</D:href>" for path in paths)
        body = (
            f"<C:calendar-multiget {NAMESPACES}><D:prop><D:getetag/><C:calendar-data/></D:prop>{places}"
            "</C:calendar-multiget>"
        )
        answer = self._call("REPORT", self.calendar.url, body)
        if answer.status != 207:
            raise CalendarProblem("answer", str(answer.status))
        found = []
        for part in self._get_events(_read(answer).parts):
            data = part.properties.get(f"{CALDAV}calendar-data")
            if part.status != 404 and data is not None:
                raw = (data.text or "").encode()
                raw = raw if len(raw) <= parser_limits.LONGEST_EVENT else b""
                found.append((part.path, _get_etag(part), raw))
        return found

    def add_event(self, key: str, values: EventValues) -> tuple[str, str]:
        path = f"{get_path(self.calendar.path).rstrip('/')}/leadwell-{key}.ics"
        try:
            answer = self._put(path, build_event_text(key, values).encode(), {"If-None-Match": "*"})
        except Outdated as error:
            raise AlreadyThere(path) from error
        return path, answer.etag

    def change_event(self, path: str, etag: str, recurrence: str, values: EventValues) -> str:
        return self._change(path, etag, recurrence, values)

    def delete_event(self, path: str, etag: str, recurrence: str) -> str:
        if recurrence:
            return self._change(path, etag, recurrence, None)
        answer = self._call(
            "DELETE", self._build_url(quote(path)), headers={"If-Match": etag} if etag else {}
        )
        if answer.status == 412:
            raise Outdated
        if answer.status not in (200, 202, 204, 404, 410):
            raise CalendarProblem("answer", str(answer.status))
        return ""

    def _change(self, path: str, etag: str, recurrence: str, values: EventValues | None) -> str:
        """Everything else of the event stays: it is read first, and written only if it is still the version that is known."""
        now = self._call("GET", self._build_url(quote(path)))
        if now.status != 200 or (etag and now.etag and now.etag != etag):
            raise Outdated
        try:
            text = event_parser_process.change_event(
                now.body, str(self.calendar.owner.zone), recurrence, values
            )
        except event_parser_process.NotChanged as error:
            raise CalendarProblem("answer", path) from error
        return self._put(path, text, {"If-Match": now.etag or etag}).etag

    def _put(self, path: str, text: bytes, headers: dict[str, str]) -> OutgoingResponse:
        headers = headers | {"Content-Type": "text/calendar; charset=utf-8"}
        answer = self._call("PUT", self._build_url(quote(path)), text, headers=headers)
        if answer.status in (404, 409, 412):
            raise Outdated
        if answer.status not in (200, 201, 204):
            raise CalendarProblem("forbidden" if answer.status == 403 else "answer", str(answer.status))
        return answer

    # Calls

    def _build_url(self, place: str) -> str:
        """The address of a path, on the host that its owner entered: the password goes to no other one."""
        return urljoin(self.calendar.address, urlsplit(place)._replace(scheme="", netloc="").geturl())

    def _call(self, method: str, url: str, body: str | bytes = b"", **more: Any) -> OutgoingResponse:
        """Raises CalendarProblem for what no caller can do anything with."""
        headers = self._headers | TYPES | {"Depth": str(more.get("depth", 1))} | more.get("headers", {})
        raw = body.encode() if isinstance(body, str) else body
        call = OutgoingCall(method, raw, headers, MOST_BYTES, self._inside, self.seconds, self.seconds)
        if urlsplit(url).scheme not in SCHEMES:
            raise CalendarProblem("not_encrypted")
        for _hop in range(MOST_REDIRECTS + 1):
            try:
                answer = fetch_response(url, call)
            except NotCalled as error:
                raise CalendarProblem("unreachable", str(error)) from error
            if not (300 <= answer.status < 400 and answer.location):
                break
            url = self._build_url(urljoin(url, answer.location))
        if answer.status == 401:
            raise CalendarProblem("login")
        if answer.status in (429, 503):
            raise CalendarProblem("busy", retry_after=answer.wait_seconds)
        if answer.status >= 500 and answer.status not in (501, 507):
            raise CalendarProblem("answer", str(answer.status))
        return answer


def build_event_text(key: str, values: EventValues) -> str:
    """A new event of Leadwell. It names no one as invited, so no calendar server invites them: Leadwell has done it."""
    calendar = build_calendar_file("", "Calendar")
    del calendar["method"]
    event = build_event(
        uid=build_event_uid(key),
        dtstamp=datetime.now(UTC).replace(microsecond=0),
        dtstart=values.begins,
        dtend=values.ends,
        summary=values.title,
        location=values.place,
        description=values.description,
        url=values.link,
        transp="OPAQUE",
    )
    calendar.add_component(event)
    return render_calendar(calendar)


def _read(answer: OutgoingResponse) -> Multistatus:
    try:
        return parse_multistatus(answer.body)
    except NotMultistatus as error:
        raise CalendarProblem("answer", str(error)) from error


def _get_etag(part: Part) -> str:
    return part.get_text(f"{DAV}getetag")[:LONGEST_ETAG]


def _is_calendar(part: Part) -> bool:
    """Whether it is a calendar that events can be written to: one for tasks alone has none."""
    kind = part.properties.get(f"{DAV}resourcetype")
    if kind is None or kind.find(f"{CALDAV}calendar") is None:
        return False
    components = part.properties.get(f"{CALDAV}supported-calendar-component-set")
    names = [] if components is None else [each.get("name") for each in components]
    return not names or "VEVENT" in names


def _build_calendar(part: Part) -> FoundCalendar:
    name = part.get_text(f"{DAV}displayname") or part.path.rstrip("/").rpartition("/")[2]
    return FoundCalendar(quote(part.path), name[:200])
