"""The body of a form is read whole before anything else happens, within a size and a time.

Whoever sends a byte a second would hold a thread for as long as they like, and signing in needs no account to be sent.
The APIs read their bodies themselves, after the token (crm/api/bodies.py).
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm.api.entrance import PREFIXES
from crm.web.deadline import cut_off_after
from crm.web.views import errors

# Bytes and seconds for a form of somebody who is not signed in: an e-mail address, a password, a code.
STRANGERS_BYTES, STRANGERS_SECONDS = 30_000, 5
# Seconds for any other form, and for a large one a second more for so many bytes.
SECONDS, BYTES_A_SECOND = 20, 30_000


class BodyMiddleware:
    """After it knows who calls, and before anything that reads a form or begins a transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        refusal = _read(request)
        return self.get_response(request) if refusal is None else refusal


def _read(request: HttpRequest) -> HttpResponse | None:
    """Read the form; returns the page that refuses it where it is too large or comes too slowly."""
    length = _length_of(request)
    seconds = SECONDS + length / BYTES_A_SECOND
    if not request.user.is_authenticated:
        if length > STRANGERS_BYTES:
            return errors.too_large(request)
        seconds = STRANGERS_SECONDS
    with cut_off_after(seconds, request.META.get("gunicorn.socket")) as late:
        try:
            _ = request.POST
        except Exception:
            if not late.is_set():
                raise
    return errors.sent_too_slowly(request) if late.is_set() else None


def _length_of(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0
