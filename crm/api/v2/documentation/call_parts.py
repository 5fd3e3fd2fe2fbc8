"""What the documentation of all calls of API v2 shares: problems, answers, headers and parameters."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_call_decorator,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.v2.refusal_counts import REASONS
from crm.api.v2.v2_view import AT_FIRST, MOST, PROBLEM_TYPE

WRONG = build_response_serializer(
    "ProblemError",
    parameter=build_text_field(
        allow_null=True, help_text="The parameter, header or field that is wrong; null for the whole body."
    ),
    detail=build_text_field(),
)
PROBLEM = build_response_serializer(
    "Problem",
    type=serializers.URLField(help_text="Identifies the kind of problem."),
    title=build_text_field(help_text="The kind of problem in words."),
    status=build_number_field(help_text="The HTTP status."),
    code=build_text_field(
        help_text="The kind of problem as a short name for programs, such as invalid_cursor."
    ),
    detail=build_text_field(help_text="What went wrong in this call."),
    errors=WRONG(many=True),
)
STARTED = build_response_serializer(
    "StartedJob", job=build_number_field(help_text="Ask GET /api/v2/jobs/{id} how far it is.")
)
DELETED = build_response_serializer("Deleted", deleted=serializers.BooleanField())
WRITTEN = build_response_serializer(
    "WrittenRecord",
    id=build_number_field(),
    version=build_number_field(help_text="The new version, also sent as ETag."),
)
REFUSED = "How many records can't be changed, by reason. " + " ".join(
    f"{name}: {sentence}" for name, sentence in REASONS.items()
)
call = build_call_decorator(None, ["bearer"], PROBLEM, PROBLEM_TYPE, always=[422], ignores=False)

LIMIT = document_query_parameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST},
    f"How many to return, 1 to {MOST}. Default: {AT_FIRST}.",
)
AFTER = document_query_parameter(
    "after", words="The next of the page before. Leave it out for the first page."
)
BEFORE = document_query_parameter(
    "before", int, "The next of the page before. Leave it out for the first page."
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    description="The version of the record, for If-Match.",
    response=[200, 201],
)
FIELDS = document_query_parameter(
    "fields",
    words="Only these fields, separated by commas, such as id,version,email. The others are missing then, whatever the schema says.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you have. If the record still has this version, the answer is 304 without a body.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description=(
        "The ETag of the version that you have read. If the record has changed since, the answer is 412. Optional."
    ),
)


def document_table(
    listing: Any,
    one: Any,
    *,
    name: str,
    many: str,
    shown: type[serializers.Serializer],
    new: Any,
    changes: Any,
    filters: Iterable[OpenApiParameter],
    words: Mapping[str, str],
    one_parameters: Iterable[OpenApiParameter] = (),
    **adding: Any,
) -> None:
    """The two views of a table: a list, which adds rows, and one row, by its ID. `words` has what readers need to know about
    each method, such as "list" and "delete"; `adding` is more about the call that adds a row."""
    article = "an" if name[0] in "aeiou" else "a"
    page = {many: shown(many=True), "next": build_text_field(allow_null=True)}
    extend_schema_view(
        get=call(
            f"List {many}",
            build_response_serializer(many.title(), **page),
            name=f"list_{many}",
            parameters=[LIMIT, AFTER, *filters],
            words=words["list"],
        ),
        post=call(
            f"Add {article} {name}",
            WRITTEN,
            name=f"add_{name}",
            sends=new,
            made=True,
            parameters=[IDEMPOTENT, ETAG],
            words=words["add"],
            **adding,
        ),
    )(listing)
    extend_schema_view(
        get=call(
            f"Get {article} {name}",
            shown,
            name=f"get_{name}",
            parameters=[*one_parameters, ETAG],
            errors=[404],
            words=f"Returns one {name}. Its version is in the body and in the header ETag. {words['get']}".strip(),
        ),
        patch=call(
            f"Change {article} {name}",
            WRITTEN,
            name=f"change_{name}",
            sends=changes,
            parameters=[IF_MATCH, ETAG],
            errors=[404, 412],
            words=f"Changes the fields that you send and no others. {words['change']}",
        ),
        delete=call(
            f"Delete {article} {name}",
            DELETED,
            name=f"delete_{name}",
            parameters=[IF_MATCH],
            errors=[404, 412],
            words=words["delete"],
        ),
    )(one)


def build_refusals_field() -> serializers.Field:
    return serializers.DictField(child=build_number_field(), help_text=REFUSED)
