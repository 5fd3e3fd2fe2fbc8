"""What the documentation says alike of every call: security, problems, parameters."""

from collections.abc import Callable, Iterable
from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

WORDS = {
    400: "The request cannot be read.",
    401: "There is no token, or it is not valid or has expired.",
    403: "The token or its user may not do this.",
    404: "It does not exist, or it is not the user's to see.",
    405: "The address does not know this method.",
    406: "Nothing was sent.",
    409: "Something is in the way: it is in use, or somebody is changing it.",
    413: "The body is larger than 5 MB.",
    415: "Bodies of this type are not read.",
    422: "A field says something that cannot be; nothing was written.",
    429: "More calls in this minute than the token may make.",
    503: "It took too long; nothing was changed.",
}
ALWAYS = [400, 401, 403, 405, 409, 429, 503]
WRITING = [413, 415, 422]

IDEMPOTENT = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Up to 255 characters. The same call with the same key gets the same answer for a day.",
)


def query(name: str, kind: Any = str, words: str = "", **values) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=words, **values)


def shape(name: str, /, **fields: serializers.Field) -> type[serializers.Serializer]:
    """A serializer that only says how an answer looks."""
    return type(inline_serializer(name, fields=fields))


def text(**values) -> serializers.CharField:
    return serializers.CharField(**values)


def number(**values) -> serializers.IntegerField:
    return serializers.IntegerField(**values)


def documented(
    tag: str,
    scheme: str,
    problem: type[serializers.Serializer],
) -> Callable[..., Any]:
    """A decorator maker for the calls of one dialect: `tag` groups them, `problem` is the shape of what goes wrong."""

    def call(
        summary: str,
        ok: Any,
        *,
        name: str,
        sends: Any = None,
        errors: Iterable[int] = (),
        parameters: Iterable[OpenApiParameter] = (),
        example: Any = None,
        sample: Any = None,
        words: str = "",
        later: Any = None,
    ):
        answers: dict[int, Any] = {200: OpenApiResponse(ok, description="Done.")}
        if later is not None:
            answers[202] = OpenApiResponse(later, description="A job does it.")
        for status in sorted({*ALWAYS, *errors, *(WRITING if sends is not None else ())}):
            answers[status] = OpenApiResponse(problem, description=WORDS[status])
        examples = []
        security: Any = [{scheme: []}]
        if example is not None:
            examples.append(OpenApiExample("Example", example, request_only=True))
        if sample is not None:
            examples.append(OpenApiExample("Answer", sample, response_only=True, status_codes=["200"]))
        return extend_schema(
            # Without a name it is made from the address: for views that have two.
            operation_id=name or None,
            tags=[tag],
            summary=summary,
            description=words,
            auth=security,
            request=sends,
            responses=answers,
            parameters=list(parameters),
            examples=examples,
        )

    return call
