"""Where a program may be sent back to: which addresses it may register, and which one it means."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 500
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# A scheme that belongs to one program names a domain of its maker, so it has a dot (RFC 8252).
OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
# Printable ASCII without what browsers and libraries read in different ways.
PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]+")
# Part of the policy of a page, so nothing else gets into that.
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]+")

WRONG_LETTERS = "A redirect URI has letters that aren't allowed, or more than 500."
HAS_FRAGMENT = "A redirect URI may not have a fragment."
HAS_USER = "A redirect URI may not have a user name."
WRONG_SCHEME = "A redirect URI begins with https://, with http:// and a loopback address, or with a scheme that has a dot."
NO_HOST = "A redirect URI needs a host."


def find_redirect_uri_problem(uri: str) -> str:
    """Why a program may not register this address, or ''."""
    if len(uri) > LONGEST or not PLAIN.fullmatch(uri):
        return WRONG_LETTERS
    parts = _split(uri)
    if parts is None:
        return NO_HOST
    if "#" in uri:
        return HAS_FRAGMENT
    if "@" in parts.netloc:
        return HAS_USER
    if OWN_SCHEME.fullmatch(parts.scheme):
        return ""
    if parts.scheme not in ("http", "https") or (parts.scheme == "http" and not _is_loopback(parts)):
        return WRONG_SCHEME
    return "" if HOST.fullmatch(parts.hostname or "") else NO_HOST


def _split(uri: str) -> SplitResult | None:
    """None if its host or port can't be read."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def is_registered(uri: str, registered: list[str]) -> bool:
    """Whether it is exactly one of those that the program has registered; at a loopback address, the port is chosen anew each
    time (RFC 8252, 7.3)."""
    if find_redirect_uri_problem(uri):
        return False
    return uri in registered or any(_differs_in_port_only(uri, known) for known in registered)


def _differs_in_port_only(uri: str, known: str) -> bool:
    one, other = _split(uri), _split(known)
    if one is None or other is None or not (_is_loopback(one) and _is_loopback(other)):
        return False
    return (one.hostname, one.path, one.query) == (other.hostname, other.path, other.query)


def build_redirect(uri: str, values: dict[str, str]) -> str:
    """The address with the values of the answer; those without text stay away."""
    sent = urlencode({name: value for name, value in values.items() if value})
    return f"{uri}{'&' if '?' in uri else '?'}{sent}"


def build_form_target(uri: str) -> str:
    """The address as a source in the policy of a page, whose form leads there. The policy knows no hosts in brackets."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or "[" in parts.netloc:
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class Destination:
    """Who gets the access, as far as it is certain: `name` is a host or a scheme."""

    name: str
    words: str | Promise


def describe_destination(uri: str) -> Destination:
    parts = urlsplit(uri)
    if _is_loopback(parts):
        return Destination(parts.hostname or "", _("a program on your computer"))
    if parts.scheme == "https":
        return Destination(parts.netloc, _("the website %(host)s") % {"host": parts.netloc})
    return Destination(
        parts.scheme, _("an app on your device that opens %(scheme)s:") % {"scheme": parts.scheme}
    )
