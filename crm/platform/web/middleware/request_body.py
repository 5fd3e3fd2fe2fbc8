"""Reads the whole body of a form before anything else happens, with limits for its size and time.

Without them, a caller that sends one byte a second would hold a thread as long as it likes; for the sign-in page it
doesn't even need an account. The APIs read their bodies themselves, after checking the token (crm/api/call_body.py).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse

from crm.platform.web.program_addresses import PREFIXES
from crm.platform.web.read_deadline import cut_off_after
from crm.platform.web.views import errors

# Bytes and seconds for a form from someone who isn't signed in: an email address, a password, a code.
STRANGERS_BYTES, STRANGERS_SECONDS = 30_000, 5
# Seconds for any other form, plus one second for each so many bytes.
SECONDS, BYTES_A_SECOND = 20, 30_000


@dataclass(frozen=True)
class Public:
    """Forms for anyone, below this prefix: each may have `always` so many bytes, one of them may have the `most` that its
    address says, and `too_large` is the page for larger ones."""

    prefix: str
    always: int
    most: Callable[[HttpRequest], int]
    too_large: Callable[[HttpRequest], HttpResponse]


# Higher apps add theirs.
PUBLIC: list[Public] = []


class BodyMiddleware:
    """Comes after the middleware that knows the user, and before anything that reads a form or begins a transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        refusal = _read_form(request)
        return self.get_response(request) if refusal is None else refusal


def _read_form(request: HttpRequest) -> HttpResponse | None:
    """Read the form. Returns the page that rejects it if it is too large or arrives too slowly."""
    length = _get_content_length(request)
    seconds = SECONDS + length / BYTES_A_SECOND
    public = next((each for each in PUBLIC if request.path_info.startswith(each.prefix)), None)
    if public is not None:
        if length > public.always and length > public.most(request):
            return public.too_large(request)
    elif not request.user.is_authenticated:
        if length > STRANGERS_BYTES:
            return errors.render_too_large(request)
        seconds = STRANGERS_SECONDS
    with cut_off_after(seconds, request.META.get("gunicorn.socket")) as late:
        try:
            _ = request.POST
        except (TooManyFieldsSent, TooManyFilesSent):
            # Django would log where each of them was raised.
            return public.too_large(request) if public else errors.render_too_many_entries(request)
        except Exception:
            if not late.is_set():
                raise
    return errors.render_sent_too_slowly(request) if late.is_set() else None


def _get_content_length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0
