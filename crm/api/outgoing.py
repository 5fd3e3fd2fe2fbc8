"""Calling addresses that users have named: never one of our own network, on no hop of a redirect."""

import http.client
import socket
import ssl
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext as _

SECONDS = 5
MOST_HOPS = 3
MOST_READ = 64_000
REDIRECTS = {301, 302, 303, 307, 308}


class NotCalled(Exception):
    """The address may not be called or did not answer; the text says why."""


@dataclass(frozen=True)
class Response:
    status: int
    location: str


def check(url: str) -> SplitResult:
    """The parts of an address that may be called as far as it can be told without looking its name up.

    Raises NotCalled.
    """
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
    number = number_of(parts.hostname)
    if parts.hostname == "localhost" or (number and not open_to_the_world(number)):
        raise NotCalled(_("The host isn’t publicly accessible."))
    return parts


def number_of(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is written as, also in the forms 127.1 and 0x7f000001; None for a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def open_to_the_world(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is an address of the internet: not private, local, reserved, nor one of those wrapped in IPv6."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address.packed[:12] == b"\x00\x64\xff\x9b" + bytes(8):
            inner = IPv4Address(address.packed[12:])
        if inner is not None and not open_to_the_world(inner):
            return False
    return address.is_global and not address.is_multicast


def address_of(host: str, port: int) -> str:
    """One IP address of the host, once all of them are found to be open to the world. Raises NotCalled."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotCalled(_("The host can’t be found.")) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(open_to_the_world(ip_address(text.partition("%")[0])) for text in addresses):
        raise NotCalled(_("The host isn’t publicly accessible."))
    return addresses[0]


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the last hop. Raises NotCalled."""
    for _hop in range(MOST_HOPS + 1):
        response = _post_once(check(url), body, headers)
        if response.status not in REDIRECTS or not response.location:
            return response.status
        url = urljoin(url, response.location)
    raise NotCalled(_("Too many redirects."))


def _post_once(parts: SplitResult, body: bytes, headers: dict[str, str]) -> Response:
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    # The name is looked up once: what was checked is what is called.
    address = address_of(host, port)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.sock = socket.create_connection((address, port), timeout=SECONDS)
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Host": parts.netloc, **headers})
        answer = connection.getresponse()
        answer.read(MOST_READ)
        return Response(answer.status, answer.getheader("Location", ""))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotCalled(_why(error)) from error
    finally:
        connection.close()


def _why(error: Exception) -> str:
    match error:
        case TimeoutError():
            return _("The server didn’t respond in time.")
        case ConnectionRefusedError():
            return _("The connection was refused.")
        case ssl.SSLError():
            return _("The certificate or the encryption of the server is invalid.")
    return _("The server didn’t send a valid HTTP response.")
