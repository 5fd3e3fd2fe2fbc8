"""An id for each request: in the response, in all its log lines, and in the security log."""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
# What our proxy may send; anything else could forge log lines.
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


def get_current_request() -> HttpRequest | None:
    """The current request; None in a job and on the console."""
    return _current.get()


def get_request_id(request: HttpRequest | None) -> str:
    return getattr(request, "request_id", "")


class RequestIdMiddleware:
    """The outermost middleware, so that requests rejected by any other one have an id too."""

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
    """Adds the request id to every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs its line about a response after the request has ended, and passes the request on.
        request = get_current_request() or getattr(record, "request", None)
        record.request_id = get_request_id(request) or "-"
        return True


class RefusalsAreOrdinary(logging.Filter):
    """Django logs a warning for every 403, 404 and 405, with a traceback for a missing permission. A refusal isn't an
    error in the program, so one line is enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR and record.name == "django.request":
            return True
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        record.exc_info = record.exc_text = None
        return True
