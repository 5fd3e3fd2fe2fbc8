"""Calls of API v2 within the process: the tools are another way to the same calls, with their rights, errors, log and audit."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, QueryDict
from django.urls import resolve

from crm.api.v2.v2_view import OWN_PREFIX
from crm.models import Token

# What an outer request says about the client, which an inner one repeats.
OF_CLIENT: tuple[str, ...] = (
    "REMOTE_ADDR",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "wsgi.url_scheme",
    "HTTP_HOST",
)
OF_CLIENT += ("SERVER_NAME", "SERVER_PORT")


class CallRefused(Exception):
    """API v2 refused a call. `problem` is its problem details."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail", ""))
        self.problem = problem


def call_api(
    outer: HttpRequest,
    token: Token,
    method: str,
    path: str,
    *,
    query: dict[str, Any] | None = None,
    body: dict[str, Any] | None = None,
) -> Any:
    """The JSON of an answer of API v2. `path` is what follows /api/v2/. Raises CallRefused."""
    inner = build_inner_request(outer, token, method, path, query or {}, body)
    found = resolve(inner.path)
    response: Any = found.func(inner, *found.args, **found.kwargs)
    text = b"".join(response.streaming_content) if response.streaming else response.content
    answer = json.loads(text or b"null")
    if response.status_code >= 400:
        raise CallRefused(answer)
    return answer


def build_inner_request(
    outer: HttpRequest,
    token: Token,
    method: str,
    path: str,
    query: dict[str, Any],
    body: dict[str, Any] | None,
) -> HttpRequest:
    found: Any = HttpRequest()
    text = b"" if body is None else json.dumps(body, cls=DjangoJSONEncoder).encode()
    found.META = {name: outer.META[name] for name in OF_CLIENT if name in outer.META}
    found.META |= {"REQUEST_METHOD": method, "CONTENT_TYPE": "application/json"}
    found.META["CONTENT_LENGTH"] = str(len(text))
    found.META["QUERY_STRING"] = urlencode(query, doseq=True)
    found.method, found.path = method, f"{OWN_PREFIX}{path}"
    found.path_info = found.path
    found.content_type, found.content_params = "application/json", {}
    found.GET = QueryDict(found.META["QUERY_STRING"])
    found._stream, found._read_started = BytesIO(text), False
    found.caller, found.outer_token = token.user, token
    return found
