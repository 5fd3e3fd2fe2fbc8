"""Sending entries of the audit log to a receiver: by syslog over TLS (RFC 5425), or as signed JSON by https.

The certificate of the receiver is always checked, with the authorities of this machine or that of LEADWELL_AUDIT_CA. Unlike
webhooks, which users set up, the address is set by who runs Leadwell, so it may be in their own network.
"""

import http.client
import json
import select
import socket
import ssl
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from crm.platform.web.read_deadline import cut_off_after
from crm.platform.web.signed_bodies import build_signature_headers

PORTS = {"syslog+tls": 6514, "https": 443}
# Seconds for each step, such as one read, and for a whole call.
SECONDS, LONGEST = 5, 15
# Milliseconds until a reset that follows the end of a connection has arrived.
RESET_WITHIN = 1_000
# Facility auth, severity info, version 1 of RFC 5424.
PRIORITY = "<38>1"

Line = dict[str, Any]


class NotReceived(Exception):
    """The receiver didn't accept the entries; the text says why."""


def deliver_lines(lines: list[Line]) -> None:
    """Returns when the receiver has all of them. Raises NotReceived."""
    parts = urlsplit(settings.AUDIT_LOG)
    send = _deliver_by_syslog if parts.scheme == "syslog+tls" else _deliver_by_https
    try:
        with _open_connection(parts) as plain, plain.dup() as double:
            # TLS takes over the socket; the duplicate still reaches the same connection.
            with cut_off_after(LONGEST, double, socket.SHUT_RDWR) as late:
                send(plain, double, parts, lines)
            if late.is_set():
                raise TimeoutError
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReceived(_describe_error(error)) from error


def _open_connection(parts: SplitResult) -> socket.socket:
    return socket.create_connection((str(parts.hostname), parts.port or PORTS[parts.scheme]), timeout=SECONDS)


def _wrap_in_tls(plain: socket.socket, parts: SplitResult) -> ssl.SSLSocket:
    """The connection to the receiver, whose certificate has been checked."""
    trusted = ssl.create_default_context(cafile=settings.AUDIT_CA or None)
    return trusted.wrap_socket(plain, server_hostname=str(parts.hostname))


def _deliver_by_syslog(
    plain: socket.socket, double: socket.socket, parts: SplitResult, lines: list[Line]
) -> None:
    with _wrap_in_tls(plain, parts) as connection:
        connection.sendall(b"".join(map(frame_line, lines)))
        # Syslog has no answer. A receiver that has read everything closes its side, and only then the entries are sent.
        try:
            connection.unwrap()
        except ssl.SSLEOFError:
            _check_not_reset(double)


def _check_not_reset(double: socket.socket) -> None:
    """Some receivers, such as rsyslog, close without saying so in TLS. If they hadn't read everything, their system resets the
    connection. Raises ConnectionResetError."""
    watched = select.poll()
    watched.register(double, 0)
    if any(event & select.POLLERR for _number, event in watched.poll(RESET_WITHIN)):
        raise ConnectionResetError


def frame_line(line: Line) -> bytes:
    """A message with its length before it, which no line break in it can end."""
    at = datetime.fromisoformat(line["at"]).astimezone(UTC).isoformat(timespec="microseconds")
    host = urlsplit(settings.SITE_URL).hostname or "-"
    text = f"{PRIORITY} {at} {host} leadwell - {line['event']} - {json.dumps(line)}".encode()
    return str(len(text)).encode() + b" " + text


def _deliver_by_https(
    plain: socket.socket, double: socket.socket, parts: SplitResult, lines: list[Line]
) -> None:
    body = json.dumps(lines).encode()
    delivery = f"audit-{lines[0]['id']}-{lines[-1]['id']}"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc, **build_signature_headers(settings.AUDIT_SECRET, delivery, body)}
    call = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=SECONDS)
    with _wrap_in_tls(plain, parts) as call.sock:
        call.request("POST", path, body, headers)
        status = call.getresponse().status
    if not 200 <= status < 300:
        raise NotReceived(f"The server responded with {status}.")


def _describe_error(error: Exception) -> str:
    """In English; the page translates it for its reader."""
    with translation.override("en"):
        match error:
            case TimeoutError():
                return _("The server didn’t respond in time.")
            case ConnectionRefusedError():
                return _("The connection was refused.")
            case ssl.SSLError():
                return _("The certificate or the encryption of the server is invalid.")
            case socket.gaierror():
                return _("The host can’t be found.")
        return _("The connection was lost.")
