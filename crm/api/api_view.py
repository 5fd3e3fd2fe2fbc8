"""The view of a call: authenticated, run in one transaction, answered in the dialect's shape, logged."""

import json
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, ClassVar, cast
from urllib.parse import quote

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from crm.api import call_log, idempotency
from crm.api.api_middleware import check_still_open, get_token_by_secret
from crm.api.call_body import LimitedJSON, read_body
from crm.api.call_parameters import get_ignored_parameters
from crm.api.problems import LONGEST_NAME, ApiProblem, get_problem
from crm.api.token_scopes import has_token_right
from crm.models import Token
from crm.platform.audit.viewing_entries import build_program_read_entry
from crm.platform.configuration.company import get_company_zone, keep_company_settings, keep_read_with_user
from crm.platform.database import log_positions
from crm.platform.database.read_routing import ReplicaPlace, get_read_ways
from crm.platform.web.after_response import call_when_sent
from crm.platform.web.client_address import get_client_address
from crm.platform.web.request_cache import cache_reads, cache_reads_once
from crm.platform.web.transactions import (
    FIELDS,
    SAFE_METHODS,
    get_values_read_with_user,
    set_transaction_limits,
)
from crm.platform.web.unique_violations import retry_after_unique_violation

ACTIONS_BY_METHOD = {"GET": "get", "HEAD": "get", "POST": "post", "PUT": "put", "DELETE": "delete"}
# So many ignored fields and parameters are named.
MOST_NAMES = 20


class ApiView(APIView):
    """A dialect defines where its token is and how a problem looks; its views have get, post, put and delete.

    `resource` and `actions` name the right that the token needs (crm/api/token_scopes.py), and `purpose` what it is for.
    """

    http_method_names: ClassVar[list[str]] = ["get", "head", "post", "put", "delete"]
    authentication_classes: ClassVar[list] = []
    permission_classes: ClassVar[list] = []
    parser_classes: ClassVar[list] = [LimitedJSON, FormParser, MultiPartParser]
    renderer_classes: ClassVar[list] = [JSONRenderer]
    resource: ClassVar[str] = ""
    actions: ClassVar[dict[str, str]] = ACTIONS_BY_METHOD
    purpose: ClassVar[str] = Token.Purpose.API
    token: Token
    # Whether no replica can answer the call.
    reads_primary: ClassVar[bool] = False
    # The bytes that a body may have, if not as many as elsewhere.
    largest_body: ClassVar[int | None] = None
    # The replica that the call reads from.
    place: ReplicaPlace | None = None

    @classmethod
    def as_view(cls, **initkwargs):
        view = super().as_view(**initkwargs)
        # The view opens its own transaction: the log survives a rollback. It handles unknown methods itself.
        transaction.non_atomic_requests(view)
        view.any_method = True
        return view

    # Defined by each dialect

    def get_secret(self, request: HttpRequest) -> str:
        """The token of the call, or ''."""
        raise NotImplementedError

    def build_problem_response(self, problem: ApiProblem) -> HttpResponse:
        raise NotImplementedError

    def get_known_fields(self) -> Collection[str] | None:
        """The fields of the body that this call uses; None if unknown fields are rejected anyway."""
        return None

    # Running a call

    @property
    def user(self) -> Any:
        return self.token.user

    def dispatch(self, request: HttpRequest, *arguments, **keywords) -> HttpResponseBase:
        begun, loggable = time.monotonic(), True
        self.args, self.kwargs = arguments, keywords
        self.headers: dict[str, str] = {}
        with (
            translation.override("en"),
            timezone.override(timezone.get_default_timezone()),
            keep_company_settings(),
        ):
            try:
                response = self._handle_call(request)
            except Exception as error:
                problem = get_problem(error, request.method)
                if problem is None:
                    raise
                response = self.build_problem_response(problem.shorten())
                self.headers |= problem.headers
                loggable = problem.code != "unavailable"
        for name, value in self.headers.items():
            response[name] = value
        response["Cache-Control"] = "no-store"
        if loggable:
            self._log(request, response, begun)
        return response

    def _handle_call(self, request: HttpRequest) -> HttpResponseBase:
        outer = get_outer_token(request)
        self.token = outer or get_token_by_secret(self.get_secret(request).strip(), self.purpose)
        request.caller = self.token.user  # type: ignore[attr-defined]
        keep_read_with_user(self.user)
        timezone.activate(get_company_zone())
        if outer is None:
            self._let_in(request)
        return self._answer(request)

    def _let_in(self, request: HttpRequest) -> None:
        """Count the call. Raises Problem if the token has expired, may not be used from here, or is over its limit."""
        check_still_open(self.token, request)
        self.place = None if self.reads_primary else get_read_ways().choose_for_call(request, self.token)
        self.headers |= (
            call_log.build_headers_before_counting(self.token)
            if self.place
            else call_log.write_call_count_and_build_headers(self.token)
        )

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        handler = getattr(self, (request.method or "").lower(), None)
        if handler is None or (request.method or "").lower() not in self.http_method_names:
            raise ApiProblem(
                405, "method", "Unknown method", headers={"Allow": ", ".join(self.allowed_methods)}
            )
        if not self.allows(self.actions[request.method or ""]):
            raise ApiProblem(403, "forbidden", "This token or its user may not do this.")
        read_body(request, self.largest_body)
        self.request: Request = self.initialize_request(request)
        response = self._run_with_retry(request, handler)
        if (
            response.status_code < 400
            and request.method in ("POST", "PUT")
            and (names := self._format_ignored_fields())
        ):
            response["X-Ignored-Fields"] = names
        return response

    def set_ignored_parameters_header(self, known: Iterable[str], fields: Iterable[str]) -> None:
        """Name the parameters of a list that have no effect in a header. Raises Problem 422 for one that would narrow it."""
        if names := get_ignored_parameters(self.request.query_params, known, fields):
            self.headers["X-Ignored-Parameters"] = format_names_header(names)

    def get_ignored_fields(self) -> list[str]:
        """The names of the fields in the body that had no effect."""
        known = self.get_known_fields()
        return [name for name in self.sent_fields if name not in known] if known is not None else []

    def _format_ignored_fields(self) -> str:
        return format_names_header(self.get_ignored_fields())

    def _run_with_retry(self, request: HttpRequest, handler: Callable) -> HttpResponseBase:
        if self.place:
            return get_read_ways().read(
                request, self.place, lambda: self._run_in_transaction(request, handler)
            )
        return retry_after_unique_violation(lambda: self._run_in_transaction(request, handler))

    def allows(self, action: str) -> bool:
        """Whether the token has this right and its user has the permissions for it."""
        return has_token_right(self.token, f"{self.resource}.{action}")

    def _run_in_transaction(self, request: HttpRequest, handler: Callable) -> HttpResponseBase:
        safe = request.method in SAFE_METHODS
        key = idempotency.get_idempotency_key(request)
        # The body is read before the transaction begins, so the transaction never waits for a slow program.
        call = idempotency.hash_call(request) if key else ""
        if not safe and request.method != "DELETE":
            _ = self.request.data
        known = get_values_read_with_user(self.user)
        with transaction.atomic():
            set_transaction_limits(read_only=safe, fields=known.get(FIELDS))
            if key and (before := idempotency.get_earlier_response(self.token, key, call)):
                return before
            with (cache_reads if safe else cache_reads_once)(**known):
                response = handler(self.request, *self.args, **self.kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif key:
                idempotency.store_reply(self.token, key, call, response, self.headers)
            return response

    def _log(self, request: HttpRequest, response: HttpResponseBase, begun: float) -> None:
        token: Token | None = getattr(self, "token", None)
        if token is None:
            return

        # A stream is written when the request is over.
        entry = build_program_read_entry(request, token, response.status_code)
        changed_until = self._add_position_header(request, response)

        def write() -> None:
            call_log.write_call_log(
                token,
                method=request.method or "",
                path=self.get_logged_path(request),
                status=response.status_code,
                milliseconds=round((time.monotonic() - begun) * 1000),
                address=get_client_address(request),
                uncounted=self.place is not None,
                changed_until=changed_until,
                entry=entry,
            )

        if isinstance(response, StreamingHttpResponse) and request.method == "HEAD":
            # The response has no reader, so nothing is queried for it.
            response.streaming_content = []
            write()
        elif isinstance(response, StreamingHttpResponse):
            response.streaming_content = _stream_then_write(response.streaming_content, write)
        elif self.place:
            call_when_sent(cast(HttpResponse, response), write)
        else:
            write()

    @staticmethod
    def _add_position_header(request: HttpRequest, response: HttpResponseBase) -> int:
        """With replicas, how far the database was after a change. The program may send it back from elsewhere; its own later
        calls need no header."""
        if not settings.REPLICAS or request.method in SAFE_METHODS:
            return 0
        position = log_positions.get_primary_position()
        response[log_positions.HEADER] = log_positions.sign_position(position)
        return 0 if position == log_positions.UNKNOWN else position

    def get_logged_path(self, request: HttpRequest) -> str:
        return request.path

    @property
    def sent_fields(self) -> dict[str, Any]:
        """The fields of the body; the last value of a field that was sent twice. Raises Problem if the body has no
        fields."""
        data = self.request.data
        if not hasattr(data, "keys"):
            raise ApiProblem(400, "unreadable", "The body must be an object with fields.")
        return {str(name): data[name] for name in data}


def get_outer_token(request: HttpRequest) -> Token | None:
    """The token of the call that this one is part of, if a call within this process has set it: it is let in and counted already."""
    return getattr(request, "outer_token", None)


def format_names_header(names: list[str]) -> str:
    """The names, shortened: programs know what they sent."""
    return ", ".join(quote(name[:LONGEST_NAME], safe="[] ") for name in names[:MOST_NAMES])


def _stream_then_write(content, write: Callable[[], None]):
    """The content, followed by the log line after the last part or when the client disconnects."""
    try:
        yield from content
    finally:
        write()


def build_json_response(body: Any, status: int = 200) -> HttpResponse:
    """JSON. A lone surrogate, which an error may repeat from the request, becomes a question mark."""
    text = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False)
    return HttpResponse(text.encode("utf-8", "replace"), content_type="application/json", status=status)
