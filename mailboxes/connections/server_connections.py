"""Connections to mail servers: to the address that was checked, over TLS with a valid certificate, and never for long.

A mail server may be in our own network, as many companies' are, if a user with the permission for mailboxes has entered it.
Without a valid certificate nothing is sent to it.
"""

import socket
import ssl

from crm.platform.web.outgoing_calls import resolve_public_address

# Seconds for each step, such as one read, and for a whole visit.
SECONDS, LONGEST = 20, 120


def open_connection(host: str, port: int, *, inside: bool = True) -> socket.socket:
    """Raises NotCalled, and OSError."""
    address = resolve_public_address(host, port, SECONDS, inside=inside)
    return socket.create_connection((address, port), timeout=SECONDS)


def wrap_in_tls(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """Raises ssl.SSLError."""
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
