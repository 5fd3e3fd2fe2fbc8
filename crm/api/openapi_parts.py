"""The documentation shared by all calls: security, problems, parameters."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import serializers

WORDS = {
    400: "The request can't be read.",
    401: "The token is missing, not valid, or expired.",
    403: "The token or its user may not do this.",
    404: "Not found, or the user of the token can't see it.",
    405: "The address doesn't support this method.",
    406: "The body is empty.",
    409: "The change isn't possible right now: the record is in use, or someone else is changing it.",
    410: "The cursor can't be followed any more: read the list again.",
    412: "The record has changed since the version in If-Match.",
    413: "The body is larger than 5 MB.",
    415: "The Content-Type isn't supported.",
    422: "A value isn't valid. Nothing was changed.",
    429: "The token has made too many calls in this minute. Retry-After says how many seconds to wait.",
    503: "The call took too long. Nothing was changed.",
}
ALWAYS = [400, 401, 403, 405, 409, 429, 503]
WRITING = [413, 415, 422]

IDEMPOTENT = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description=(
        "Up to 255 characters of your choice. If you repeat a call with the same key within a day, you get the first "
        "answer again and nothing is done twice."
    ),
)
# A token with a limit gets these in every response.
LIMITS = [
    ("X-RateLimit-Limit", "Calls a minute that the token may make. Sent for tokens with a limit."),
    ("X-RateLimit-Remaining", "Calls left in this minute. Sent for tokens with a limit."),
    ("X-RateLimit-Reset", "When the next minute begins, in Unix seconds. Sent for tokens with a limit."),
]
RATE_LIMIT = [
    OpenApiParameter(name, int, OpenApiParameter.HEADER, description=words, response=True)
    for name, words in LIMITS
]

LOCATION = OpenApiParameter(
    "Location", str, OpenApiParameter.HEADER, description="The address of what was added.", response=[201]
)

IGNORED = OpenApiParameter(
    "X-Ignored-Fields",
    str,
    OpenApiParameter.HEADER,
    description="The names of fields in the body that had no effect. Missing if every field counted.",
    response=[200],
)

IGNORED_PARAMETERS = OpenApiParameter(
    "X-Ignored-Parameters",
    str,
    OpenApiParameter.HEADER,
    description="The names of parameters of the URL that had no effect. Missing if every parameter counted.",
    response=[200],
)


def document_query_parameter(name: str, kind: Any = str, words: str = "", **values) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=words, **values)


def build_response_serializer(name: str, /, **fields: serializers.Field) -> type[serializers.Serializer]:
    """A serializer that only describes a response or a body, with its fields in this order. As attributes of the class, they
    would be in the order in which they were made."""
    return type(name, (serializers.Serializer,), {"get_fields": lambda self: deepcopy(fields)})


def build_text_field(**values) -> serializers.CharField:
    return serializers.CharField(**values)


def build_number_field(**values) -> serializers.IntegerField:
    return serializers.IntegerField(**values)


def build_call_decorator(
    tag: str | None,
    schemes: Iterable[str],
    problem: type[serializers.Serializer],
    media: str = "application/json",
    *,
    always: Iterable[int] = (),
    ignores: bool = True,
) -> Callable[..., Any]:
    """A decorator factory for the calls of one dialect: `tag` groups them, or the first word of their URL without it. Any of
    `schemes` carries the token, `problem` is the shape of errors and `media` their type; `always` are more errors that each
    call can have; `ignores` says that unknown fields aren't an error. Of a call, `media_sent` is the type of what it answers.

    `words` are for readers of the documentation: without them, the page would show a docstring.
    """

    def call(
        summary: str,
        ok: Any,
        *,
        name: str,
        words: str,
        sends: Any = None,
        errors: Iterable[int] = (),
        parameters: Iterable[OpenApiParameter] = (),
        example: Any = None,
        sample: Any = None,
        later: Any = None,
        made: bool = False,
        known: bool = False,
        previews: bool = False,
        media_sent: str = "application/json",
    ):
        good = 201 if made else 200
        done = OpenApiResponse(ok, description="Added." if made else "Done.")
        answers: dict[Any, Any] = {(good, media_sent): done}
        if known:
            answers[200] = OpenApiResponse(ok, description="A record that existed already was updated.")
        if previews:
            answers[200] = OpenApiResponse(ok, description="A preview: nothing was changed.")
        if later is not None:
            answers[202] = OpenApiResponse(later, description="Accepted: a job does the work.")
        for status in sorted({*ALWAYS, *always, *errors, *(WRITING if sends is not None else ())}):
            answers[status, media] = OpenApiResponse(problem, description=WORDS[status])
        examples = []
        security: Any = [{scheme: []} for scheme in schemes]
        told = [IGNORED] if ignores and sends is not None else []
        if example is not None:
            examples.append(OpenApiExample("Example", example, request_only=True))
        if sample is not None:
            examples.append(OpenApiExample("Answer", sample, response_only=True, status_codes=[str(good)]))
        return extend_schema(
            # Without a name, it is made from the URL: for views that have two.
            operation_id=name or None,
            tags=[tag] if tag else None,
            summary=summary,
            description=words,
            auth=security,
            request=sends,
            responses=answers,
            parameters=[*parameters, *([LOCATION] if made else []), *RATE_LIMIT, *told],
            examples=examples,
        )

    return call
