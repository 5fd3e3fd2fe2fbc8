"""The body of a call: read completely, with a size and time limit, even if it is chunked and has no length.

The token is checked first. A program that sends one byte a second would block a thread forever, so its connection is
closed when its time is up; behind a buffering proxy (docs/run.md, "TLS"), this never happens.
"""

import codecs
import json
from io import BytesIO
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

from crm.api.problems import ApiProblem, build_too_large_problem
from crm.platform.web.read_deadline import cut_off_after

LARGEST_BODY = 5_000_000
# Of one object and of one list in a body, before anything looks at them: as many ids as a bulk change takes.
MOST_FIELDS, MOST_ITEMS = 1_000, 100_000
# Seconds for a complete body.
LONGEST = 20
BYTES_AT_ONCE = 65_536
# Programs that send other formats name them; without a type, anything that starts like JSON is JSON.
UNSAID = ("", "text/plain", "application/octet-stream")


class LimitedJSON(JSONParser):
    """Objects and lists with more parts than any call takes aren't checked part by part."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Raises ParseError, and TooManyFieldsSent for what is too long."""
        encoding = (parser_context or {}).get("encoding", "utf-8")
        try:
            text = stream.read().decode(encoding)
            body = json.loads(text, parse_constant=strict_constant, object_pairs_hook=_build_limited_object)
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        _check_lists(body)
        return body


def _build_limited_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_FIELDS:
        raise TooManyFieldsSent
    return dict(pairs)


def _check_lists(value: Any) -> None:
    if isinstance(value, dict):
        value = [*value.values()]
    elif isinstance(value, list) and len(value) > MOST_ITEMS:
        raise TooManyFieldsSent
    for part in value if isinstance(value, list) else ():
        if isinstance(part, dict | list):
            _check_lists(part)


def read_body(request: HttpRequest, most: int | None = None) -> None:
    """Read the body of a call so that everything after this has it in full. `most` are the bytes that it may have, if not
    LARGEST_BODY. Raises Problem 400, 408 or 413."""
    most = most or LARGEST_BODY
    length = request.META.get("CONTENT_LENGTH") or ""
    chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    expected = int(length) if length.isdecimal() else None
    if expected and expected > most:
        raise build_too_large_problem()
    if not expected and not chunked:
        return
    source: Any = request.META["wsgi.input"] if chunked and expected is None else request
    with cut_off_after(LONGEST, request.META.get("gunicorn.socket")) as late:
        body = read_limited_body(source, most)
    if late.is_set() or (expected is not None and len(body) < expected):
        raise ApiProblem(408, "too_slow", "The request did not arrive in time. Nothing was changed.")
    body = body.removeprefix(codecs.BOM_UTF8)
    request.META["CONTENT_LENGTH"] = str(len(body))
    if request.content_type in UNSAID and body.lstrip()[:1] in (b"{", b"["):
        request.META["CONTENT_TYPE"] = "application/json"
        request.content_type = "application/json"
    # Django's copy of a body that was read; the parsers start at its first byte.
    request._body = body
    request._stream = BytesIO(body)
    request._read_started = False  # type: ignore[attr-defined]


def read_limited_body(source: Any, most: int) -> bytes:
    parts, size = [], 0
    while part := source.read(BYTES_AT_ONCE):
        parts.append(part)
        size += len(part)
        if size > most:
            raise build_too_large_problem()
    return b"".join(parts)
