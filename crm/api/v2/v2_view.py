"""What all calls of API v2 share: Bearer tokens, problem details (RFC 9457), and no unknown fields."""

from collections.abc import Collection, Iterable
from datetime import UTC
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework import serializers

from crm.api.api_view import ApiView, build_json_response
from crm.api.call_body import LimitedJSON
from crm.api.call_parameters import LARGEST_ID, get_bearer_token, parse_number_parameter, parse_url_number
from crm.api.problems import LONGEST_NAME, ApiProblem, build_invalid_problem
from crm.platform.web.transactions import SAFE_METHODS
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX

OWN_PREFIX = "/api/v2/"
AT_FIRST, MOST = 50, 200
PROBLEM_TYPE = "application/problem+json"
NOT_FOUND = "Not found."
# The code of a problem and its title, which is always the same.
TITLES = {
    "unreadable": "The request can't be read",
    "invalid_cursor": "The cursor isn't valid",
    "cursor_expired": "The cursor can't be followed any more",
    "invalid_sort": "The sort isn't valid",
    "invalid_etag": "The If-Match header isn't valid",
    "no_key": "No token was sent",
    "bad_key": "The token isn't valid",
    "expired": "The token has expired",
    "address": "The token can't be used from this address",
    "forbidden": "The token or its user may not do this",
    "not_found": "Not found",
    "method": "The address doesn't support this method",
    "busy": "Someone else is changing this record",
    "duplicate": "The record already exists",
    "ambiguous": "Several records match",
    "already_done": "This was done already",
    "in_use": "It can't be removed or replaced like this",
    "not_undone": "The operation can't be undone",
    "not_continued": "The job can't be continued",
    "webhook_off": "The webhook is off",
    "too_many": "The limit is reached",
    "changed_since": "The record has changed",
    "too_large": "The body is too large",
    "media_type": "The body isn't JSON",
    "invalid": "A value isn't valid",
    "limit": "Too many calls",
    "too_slow": "The call took too long",
    "unavailable": "The database can't be reached",
}
# Sentences that API v2 uses instead of those the dialects share.
DETAILS = {
    "no_key": "Send the token in the header Authorization: Bearer <token>.",
    "bad_key": "This token doesn't exist or was revoked.",
    "expired": "This token has expired. Ask an administrator for a new one.",
    "method": "The header Allow lists the methods that this address supports.",
}


def get_page_before(rows: Any, data: Any) -> tuple[list[Any], int | None]:
    """So many of the rows, a queryset with the newest first, as "limit" in the query asks for, before the id "before"; and the "before" of the next page,
    None if this is the last one."""
    size = parse_number_parameter("limit", data.get("limit") or str(AT_FIRST), MOST)
    if data.get("before"):
        rows = rows.before(parse_number_parameter("before", data["before"], LARGEST_ID))
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def get_row_or_404(rows: Any, pk: str) -> Any:
    """The row of this queryset with the id in a URL. Raises Problem 404."""
    found = rows.filter(pk=parse_url_number(pk) or 0).first()
    if found is None:
        raise ApiProblem(404, "not_found")
    return found


class OwnView(ApiView):
    """`kind_name` is the kind of record that a call is about, if any."""

    parser_classes = [LimitedJSON]
    kind_name: ClassVar[str] = ""
    # The record that the one in the URL was merged into.
    into: int | None = None
    # The query parameters of GET; the other methods have none.
    parameters: ClassVar[tuple[str, ...]] = ()

    @property
    def kind(self) -> Kind:
        return KINDS[self.kind_name]

    def get_secret(self, request: HttpRequest) -> str:
        return get_bearer_token(request)

    def build_problem_response(self, problem: ApiProblem) -> HttpResponse:
        return build_problem_response(problem)

    def initialize_request(self, request: HttpRequest, *arguments, **keywords) -> Any:
        """Raises Problem 422 for an unknown query parameter."""
        known = self.get_known_parameters(request.method or "")
        for name in request.GET:
            if name not in known:
                raise build_invalid_problem(**get_unknown_parameter_errors([name], known))
        return super().initialize_request(request, *arguments, **keywords)

    def get_known_parameters(self, method: str) -> Collection[str]:
        """The query parameters of the call."""
        return self.parameters if method in SAFE_METHODS else ()

    def require_right(self, action: str, message: str) -> None:
        """Raises Problem 403 if the token or its user doesn't also have this right."""
        if not self.allows(action):
            raise ApiProblem(403, "forbidden", message)


def build_problem_response(problem: ApiProblem) -> HttpResponse:
    response = build_json_response(build_problem_body(problem), problem.status)
    response["Content-Type"] = PROBLEM_TYPE
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def build_problem_body(problem: ApiProblem) -> dict[str, Any]:
    """The body according to RFC 9457; `errors` name the invalid parameters or fields, each with its sentences."""
    more = {} if problem.record is None else {"duplicate_of": problem.record}
    return more | {
        "type": f"{settings.SITE_URL}/api/docs#{problem.code}",
        "title": TITLES.get(problem.code, "The call failed"),
        "status": problem.status,
        "code": problem.code,
        "detail": DETAILS.get(problem.code) or problem.message or NOT_FOUND,
        "errors": [
            {"parameter": None if name in ("__all__", "non_field_errors") else name, "detail": sentence}
            for name, sentences in problem.errors.items()
            for sentence in sentences
        ],
    }


def get_unknown_parameter_errors(sent: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """A sentence for each parameter that isn't known. The first one says what is allowed; the alternatives are the filters with
    `any.` before their name, and aren't listed again."""
    known = list(known)
    names = ", ".join(name for name in known if not name.startswith(ALTERNATIVE_PREFIX))
    allowed = f" Allowed: {names}." if names else " None is allowed here."
    found: dict[str, str] = {}
    for name in sent:
        if name not in known:
            found[name] = f"Unknown parameter {name[:LONGEST_NAME]!r}." + ("" if found else allowed)
    return found


def refuse_unknown_parameters(sent: dict[str, Any], known: Iterable[str]) -> None:
    """Raises Problem 422: a misspelled key must not change what a call does."""
    if wrong := get_unknown_parameter_errors(sent, known):
        raise build_invalid_problem(**wrong)


class Fields(serializers.Serializer):
    """The fields of a body."""

    @classmethod
    def read(cls, sent: dict[str, Any], *, partial: bool = False) -> dict[str, Any]:
        """The cleaned values. Raises Problem 422 for an unknown or invalid field."""
        refuse_unknown_parameters(sent, cls().fields)
        fields = cls(data=sent, partial=partial)
        fields.is_valid(raise_exception=True)
        return fields.validated_data


def format_moment(value: Any) -> str | None:
    """A point in time in the format of all API v2 calls: 2026-05-31T08:38:04Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None
