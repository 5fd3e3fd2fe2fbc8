"""Calls to the calendar API of a provider, which speaks JSON, with a permission by OAuth 2 in place of a password."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from accounts.second_factor.secret_encryption import UnreadableSecret
from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import MOST_BYTES, Outdated
from calendars.connections.oauth_permission import get_calendar_token
from calendars.models import ConnectedCalendar
from crm.platform.web.outgoing_calls import NotCalled, OutgoingCall, OutgoingResponse, fetch_response
from crm.platform.web.responses import append_query

MOST_PAGES = 400


class ProviderCalls:
    """To the addresses below `address`; the token goes nowhere else. `next_page` is the name under which a page names the next one, by
    its address or by a token for the parameter `pageToken`; `busy` are the reasons of refusals which say that it is asked too often."""

    def __init__(
        self,
        calendar: ConnectedCalendar,
        address: str,
        *,
        next_page: str,
        headers: dict[str, str] | None = None,
        busy: frozenset[str] = frozenset(),
        seconds: float,
    ) -> None:
        self.calendar, self.address, self.seconds = calendar, address, seconds
        self.next_page, self.busy = next_page, busy
        self.headers = {"User-Agent": "Leadwell"} | (headers or {})

    def get_pages(self, place: str, query: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The pages of a list. Raises NotThere."""
        more: dict[str, Any] = {}
        for _page in range(MOST_PAGES):
            page = self.get_object(place, (query or {}) | more)
            if page is None:
                raise NotThere
            yield page
            following = page.get(self.next_page)
            if not isinstance(following, str) or not following:
                return
            if following.startswith(f"{self.address}/"):
                place, query = following, {}
            elif "://" in following:
                break
            else:
                more = {"pageToken": following}
        raise CalendarProblem("answer", self.next_page)

    def find_items(self, place: str, query: dict[str, Any], name: str) -> list[dict[str, Any]]:
        """Those of all pages that have an ID; none if the list isn't there."""
        try:
            return [one for page in self.get_pages(place, query) for one in get_items(page, name)]
        except NotThere:
            return []

    def get_object(self, place: str, query: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """None for what isn't there, or is no longer. Raises CalendarProblem."""
        answer = self.call("GET", place, query)
        return None if answer.status in (404, 410) else read_object(answer)

    def call(
        self,
        method: str,
        place: str,
        query: dict[str, Any] | None = None,
        body: Any = None,
        *,
        etag: str = "",
    ) -> OutgoingResponse:
        """`place` is below the address of the provider, or a whole address there. Raises Outdated, and CalendarProblem for what no caller can
        do anything with."""
        url = place if place.startswith(f"{self.address}/") else f"{self.address}{place}"
        url = append_query(url, urlencode(query or {}))
        for renewed in (False, True):
            headers = self.headers | {"Authorization": f"Bearer {self._get_token(renewed=renewed)}"}
            headers |= {"If-Match": etag} if etag else {}
            headers |= {"Content-Type": "application/json"} if body is not None else {}
            raw = json.dumps(body).encode() if body is not None else None
            call = OutgoingCall(method, raw, headers, MOST_BYTES, False, self.seconds, self.seconds)
            try:
                answer = fetch_response(url, call)
            except NotCalled as error:
                raise CalendarProblem("unreachable", str(error)) from error
            if answer.status != 401:
                break
        self._check_status(answer)
        return answer

    def _get_token(self, *, renewed: bool) -> str:
        try:
            return get_calendar_token(self.calendar, renewed=renewed)
        except UnreadableSecret as error:
            raise CalendarProblem("key") from error

    def _check_status(self, answer: OutgoingResponse) -> None:
        if answer.status == 401:
            raise CalendarProblem("expired")
        if answer.status == 412:
            raise Outdated
        reason, message = _get_error(answer) if answer.status == 403 else ("", "")
        if answer.status in (429, 503, 504) or reason in self.busy:
            raise CalendarProblem("busy", retry_after=answer.wait_seconds)
        if answer.status == 403:
            raise CalendarProblem("forbidden", message or reason)
        if answer.status >= 500:
            raise CalendarProblem("answer", str(answer.status))


class NotThere(Exception):
    """The list isn't there, or the cursor is no longer known."""


def read_object(answer: OutgoingResponse) -> dict[str, Any]:
    """The JSON object of a successful answer. Raises CalendarProblem."""
    found = _parse_object(answer.body)
    if answer.status not in (200, 201) or found is None:
        raise CalendarProblem("answer", str(answer.status))
    return found


def get_items(page: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Those of a page that have an ID."""
    items = page.get(name)
    found = items if isinstance(items, list) else []
    return [one for one in found if isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"]]


def _get_error(answer: OutgoingResponse) -> tuple[str, str]:
    """The reason and the message of a refusal: Google has a list of reasons, Microsoft a code."""
    error = (_parse_object(answer.body) or {}).get("error")
    if not isinstance(error, dict):
        return "", ""
    several = error.get("errors")
    first = several[0] if isinstance(several, list) and several and isinstance(several[0], dict) else {}
    return str(first.get("reason", error.get("code", ""))), str(error.get("message", ""))


def _parse_object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
