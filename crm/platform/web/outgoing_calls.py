"""Calling URLs entered by users: never one in our own network, on no hop of a redirect, and never for long.

Only identity providers, which administrators set up, may be inside our own network; then TLS is required.
"""

import http.client
import socket
import ssl
import time
import unicodedata
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext as _

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.read_deadline import cut_off_after

# Seconds for each step, such as one read, and for the whole call with its redirects.
SECONDS, LONGEST = 5, 8
MOST_HOPS = 3
# Unicode categories: spaces, line breaks, control characters. Python would drop some of them and continue.
UNSEEN = {"Zs", "Zl", "Zp", "Cc", "Cf"}
# The IPv6 addresses used on the internet; those for examples; and how IPv6-only networks reach an IPv4 address.
UNICAST, EXAMPLES, NAT64 = (IPv6Network(text) for text in ("2000::/3", "3fff::/20", "64:ff9b::/96"))
REDIRECTS = {301, 302, 303, 307, 308}
A_DAY = 24 * 60 * 60


class NotCalled(Exception):
    """The URL may not be called or didn't respond; the text says why."""


@dataclass(frozen=True)
class OutgoingResponse:
    status: int
    location: str
    retry_after: str
    body: bytes = b""
    etag: str = ""

    @property
    def wait_seconds(self) -> int:
        """How long the server asks to wait (RFC 9110, 10.2.3), at most a day; 0 if it doesn't say so, or names a date."""
        return min(parse_number(self.retry_after) or 0, A_DAY)


@dataclass(frozen=True)
class OutgoingCall:
    """What is sent, and how many bytes of the answer are read. `inside` is for servers of our own network; `seconds` are for each step
    and `longest` for the whole call."""

    method: str = "POST"
    body: bytes | None = b""
    headers: dict[str, str] = field(default_factory=dict)
    most: int = 0
    inside: bool = False
    seconds: float = SECONDS
    longest: float = LONGEST


def check_url(url: str) -> SplitResult:
    """The parts of a URL, checked as far as possible without resolving its host.

    Raises NotCalled.
    """
    parts = split_url(url)
    number = parse_ip_address(str(parts.hostname))
    if parts.hostname == "localhost" or (number and not is_public_address(number)):
        raise NotCalled(_("The host isn’t publicly accessible."))
    return parts


def split_url(url: str) -> SplitResult:
    """The parts of a valid URL of any host. Raises NotCalled."""
    if any(unicodedata.category(letter) in UNSEEN for letter in url):
        raise NotCalled(_("The address can’t contain spaces, line breaks or control characters."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotCalled(
            _("This isn’t a valid address. Use an address like https://example.com/hook.")
        ) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotCalled(_("The address has to start with https:// or http:// and include a host name."))
    if parts.username or parts.password or port == 0:
        raise NotCalled(_("The address can’t contain a username, a password or port 0."))
    return parts


def parse_ip_address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is written as, including the forms 127.1 and 0x7f000001; None for a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def is_public_address(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is a public internet address: not private, local, or reserved, and not an IPv6 form of such an
    address."""
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return is_public_address(IPv4Address(address.packed[12:]))
        # The local ranges and most ways to wrap an IPv4 address are outside of these; Python considers some of them
        # global.
        if address not in UNICAST or address in EXAMPLES:
            return False
        if address.sixtofour and not is_public_address(address.sixtofour):
            return False
    return address.is_global and not address.is_multicast


def resolve_public_address(host: str, port: int, seconds: float = SECONDS, *, inside: bool = False) -> str:
    """One IP address of the host, after all of them are found to be public, unless it may be `inside`. Raises NotCalled."""
    addresses = [str(entry[4][0]) for entry in _resolve_host(host, port, seconds)]
    public = inside or all(is_public_address(ip_address(text.partition("%")[0])) for text in addresses)
    if not addresses or not public:
        raise NotCalled(_("The host isn’t publicly accessible."))
    return addresses[0]


def _resolve_host(host: str, port: int, seconds: float) -> list[Any]:
    """The addresses of the name. The lookup has no timeout, so after one it is abandoned in its thread."""
    found: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def resolve() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.put(error)

    Thread(target=resolve, daemon=True).start()
    try:
        result = found.get(timeout=max(seconds, 0))
    except Empty:
        raise NotCalled(_get_too_slow_sentence()) from None
    if isinstance(result, Exception):
        raise NotCalled(_("The host can’t be found."))
    return result


def post_following_redirects(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the last hop. Raises NotCalled."""
    ends, call = time.monotonic() + LONGEST, OutgoingCall(body=body, headers=headers)
    for _hop in range(MOST_HOPS + 1):
        response = _call_once(check_url(url), call, ends)
        if response.status not in REDIRECTS or not response.location:
            return response.status
        url = urljoin(url, response.location)
    raise NotCalled(_("Too many redirects."))


def post_once(url: str, body: bytes, headers: dict[str, str]) -> OutgoingResponse:
    """The response of this server; a redirect isn't followed. Raises NotCalled."""
    return _call_once(check_url(url), OutgoingCall(body=body, headers=headers), time.monotonic() + LONGEST)


def fetch_response(url: str, call: OutgoingCall) -> OutgoingResponse:
    """The response with its body; a redirect isn't followed. Raises NotCalled, also for a longer body than allowed."""
    parts = split_url(url) if call.inside else check_url(url)
    return _call_once(parts, call, time.monotonic() + call.longest)


def _call_once(parts: SplitResult, call: OutgoingCall, ends: float) -> OutgoingResponse:
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    # The name is resolved once, so the address that was checked is the one that is called.
    address = resolve_public_address(host, port, min(SECONDS, ends - time.monotonic()), inside=call.inside)
    try:
        left = max(ends - time.monotonic(), 0.01)
        with socket.create_connection((address, port), timeout=min(call.seconds, left)) as plain:
            # TLS takes over the socket; the duplicate still reaches the same connection.
            with plain.dup() as double, cut_off_after(left, double, socket.SHUT_RDWR) as late:
                response = _send_request(parts, host, port, plain, call)
            if late.is_set():
                raise NotCalled(_get_too_slow_sentence())
            return response
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotCalled(
            _get_too_slow_sentence() if time.monotonic() >= ends else _describe_error(error)
        ) from error


def _send_request(
    parts: SplitResult, host: str, port: int, plain: socket.socket, call: OutgoingCall
) -> OutgoingResponse:
    """What matters of the response. Its body is only read if it is wanted."""
    connection = http.client.HTTPConnection(host, port, timeout=call.seconds)
    connection.sock = plain
    try:
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(call.method, path, call.body, {"Host": parts.netloc, **call.headers})
        answer = connection.getresponse()
        body = answer.read(call.most + 1) if call.most else b""
        if len(body) > call.most:
            raise NotCalled(_("The server’s response is too large."))
        location, retry = answer.getheader("Location", ""), answer.getheader("Retry-After", "")
        return OutgoingResponse(answer.status, location, retry, body, answer.getheader("ETag", ""))
    finally:
        connection.close()


def _get_too_slow_sentence() -> str:
    return _("The server didn’t respond in time.")


def _describe_error(error: Exception) -> str:
    match error:
        case TimeoutError():
            return _get_too_slow_sentence()
        case ConnectionRefusedError():
            return _("The connection was refused.")
        case ssl.SSLError():
            return _("The certificate or the encryption of the server is invalid.")
    return _("The server didn’t send a valid HTTP response.")
