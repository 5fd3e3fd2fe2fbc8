"""Calls to identity providers: bounded in time and size, over TLS with a valid certificate, without redirects.

Unlike the addresses of webhooks, a provider may be in our own network: many companies' Keycloak is. Only administrators
enter one, its answers aren't shown, and without TLS it may only be on this machine.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

from accounts.single_sign_on.failure_reasons import ProviderUnreachable
from crm.platform.web.outgoing_calls import NotCalled, OutgoingCall, fetch_response

# The keys of a large provider take a tenth of this.
MOST_BYTES = 256 * 1024
# A longer address or a deeper document is none of a provider.
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def is_safe(url: Any) -> bool:
    """Whether it is an https address, or one of this machine."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        return False
    if parts is None or not parts.hostname or parts.fragment or parts.username:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)


@dataclass(frozen=True)
class ProviderResponse:
    """What Authlib expects of a response."""

    status_code: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise ProviderUnreachable(_describe_status(self.status_code))


class ProviderSession:
    """The session that Authlib sends its requests with."""

    def post(
        self, url: str, data: dict[str, str], headers: dict[str, str], auth: Any, **_rest: Any
    ) -> ProviderResponse:
        url, headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _call_provider(url, OutgoingCall("POST", body.encode(), headers, MOST_BYTES, inside=True))


def read_json(url: str) -> dict[str, Any]:
    """The JSON object at this address. Raises Unreachable."""
    answer = _call_provider(
        url, OutgoingCall("GET", None, {"Accept": "application/json"}, MOST_BYTES, inside=True)
    )
    if answer.status_code != 200:
        raise ProviderUnreachable(_describe_status(answer.status_code))
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderUnreachable(_("The server’s response isn’t a JSON object."))
    return found


def _call_provider(url: str, call: OutgoingCall) -> ProviderResponse:
    if not is_safe(url):
        raise ProviderUnreachable(_("The address has to start with https://."))
    try:
        response = fetch_response(url, call)
    except NotCalled as problem:
        raise ProviderUnreachable(str(problem)) from problem
    return ProviderResponse(response.status, response.body)


def _describe_status(status: int) -> str:
    return _("The server responded with the status %(status)s.") % {"status": status}
