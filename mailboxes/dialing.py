"""Connections to mail servers: to the address that was checked, over TLS with a valid certificate, and never for long.

Administrators may enter a server of their own network, and personal mailboxes may use the servers of shared ones. Otherwise a
personal mailbox connects to public addresses only.
"""

import socket
import ssl

from crm.api.outgoing import address_of
from mailboxes.models import Mailbox

# Seconds for each step, such as one read, and for a whole visit.
SECONDS, LONGEST = 20, 120


def dial(mailbox: Mailbox, host: str, port: int) -> socket.socket:
    """Raises NotCalled, and OSError."""
    address = address_of(host, port, SECONDS, inside=_may_be_inside(mailbox, host))
    return socket.create_connection((address, port), timeout=SECONDS)


def encrypted(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """Raises ssl.SSLError."""
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _may_be_inside(mailbox: Mailbox, host: str) -> bool:
    if not mailbox.is_personal:
        return True
    return host in {
        one for hosts in Mailbox.objects.shared().values_list("imap_host", "smtp_host") for one in hosts
    }
