"""A number for each request: in the answer, in every line of the log that it leaves, and in the security log."""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
# What a proxy of ours may send; anything else could forge lines of a log.
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


def current_request() -> HttpRequest | None:
    """The request that is being answered; None in a job and on the console."""
    return _current.get()


def request_id(request: HttpRequest | None) -> str:
    return getattr(request, "request_id", "")


class RequestIdMiddleware:
    """The outermost one: what any other middleware refuses has a number too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get(HEADER, "") if settings.ENVIRONMENT.proxies else ""
        number = sent if WELL_FORMED.fullmatch(sent) else secrets.token_hex(8)
        request.request_id = number  # type: ignore[attr-defined]
        token = _current.set(request)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response.headers.setdefault(HEADER, number)
        return response


class WithRequestId(logging.Filter):
    """Lets every line say which request it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id(current_request()) or "-"
        return True


class RefusalsAreOrdinary(logging.Filter):
    """Django warns of every 403, 404 and 405, with a traceback where a right is missing. Nothing is wrong with the
    program when it refuses something: one line says so."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR and record.name == "django.request":
            return True
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        record.exc_info = record.exc_text = None
        return True
