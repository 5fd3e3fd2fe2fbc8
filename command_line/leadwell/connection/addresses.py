"""The address of a Leadwell: always https, except on this computer."""

import ipaddress
from urllib.parse import urlsplit

from leadwell.failures import Exit, Failure


def parse_address(text: str) -> str:
    """The address without a path, such as https://crm.example.com. Raises Failure for one to which a token isn't sent."""
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in ("http", "https") or any(letter.isspace() for letter in text):
        raise Failure(Exit.USAGE, "Enter an address such as https://crm.example.com.")
    if parts.username is not None or parts.password is not None:
        raise Failure(Exit.USAGE, "Enter the address without a user name or password.")
    if parts.scheme == "http" and not is_loopback(host):
        raise Failure(
            Exit.USAGE,
            "The address has to begin with https://, because the token would be sent unencrypted.",
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
