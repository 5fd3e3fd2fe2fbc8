"""The body of a call: read completely, with a size and time limit, even if it is chunked and has no length.

The token is checked first. A program that sends one byte a second would block a thread forever, so its connection is
closed when its time is up; behind a buffering proxy (docs/operations.md), this never happens.
"""

import codecs
from io import BytesIO
from typing import Any

from django.http import HttpRequest

from crm.api.problems import Problem, too_large
from crm.web.deadline import cut_off_after

LARGEST_BODY = 5_000_000
# Seconds for a complete body.
LONGEST = 20
BYTES_AT_ONCE = 65_536
# Programs that send other formats name them; without a type, anything that starts like JSON is JSON.
UNSAID = ("", "text/plain", "application/octet-stream")


def take_body(request: HttpRequest, most: int = LARGEST_BODY) -> None:
    """Read the body of a call so that everything after this has it in full. Raises Problem 400, 408 or 413."""
    length = request.META.get("CONTENT_LENGTH") or ""
    chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    expected = int(length) if length.isdecimal() else None
    if expected and expected > most:
        raise too_large()
    if not expected and not chunked:
        return
    source: Any = request.META["wsgi.input"] if chunked and expected is None else request
    with cut_off_after(LONGEST, request.META.get("gunicorn.socket")) as late:
        body = read(source, most)
    if late.is_set() or (expected is not None and len(body) < expected):
        raise Problem(408, "too_slow", "The request did not arrive in time. Nothing was changed.")
    body = body.removeprefix(codecs.BOM_UTF8)
    request.META["CONTENT_LENGTH"] = str(len(body))
    if request.content_type in UNSAID and body.lstrip()[:1] in (b"{", b"["):
        request.META["CONTENT_TYPE"] = "application/json"
        request.content_type = "application/json"
    # Django's copy of a body that was read; the parsers start at its first byte.
    request._body = body
    request._stream = BytesIO(body)
    request._read_started = False  # type: ignore[attr-defined]


def read(source: Any, most: int = LARGEST_BODY) -> bytes:
    parts, size = [], 0
    while part := source.read(BYTES_AT_ONCE):
        parts.append(part)
        size += len(part)
        if size > most:
            raise too_large()
    return b"".join(parts)
