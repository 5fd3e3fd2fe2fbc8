"""The calls that count records, list Trash, restore a record and say who sees it, with their documentation and addresses."""

from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.v2.documentation.call_parts import AFTER, ETAG, FIELDS, LIMIT, call
from crm.api.v2.documentation.expansion_schemas import document_expansion
from crm.api.v2.documentation.field_schemas import get_documented_parameters
from crm.api.v2.documentation.record_calls import (
    build_record_serializer,
    document_search,
    document_sort,
    document_view,
)
from crm.api.v2.record_lists.match_count import MatchCount
from crm.api.v2.record_lists.trash import Restoration, Trash
from crm.api.v2.record_page.visibility import Visibility, document_visibility
from crm.fields.custom.definitions.built_in_fields import use_delivered_labels
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import COUNT_AT_FIRST

COUNTED = build_response_serializer(
    "RecordCount",
    count=build_number_field(),
    more=serializers.BooleanField(
        help_text=f"true if there are more: without exact, at most {COUNT_AT_FIRST:,} are counted."
    ),
)
RESTORED = build_response_serializer(
    "RestoredRecord",
    id=build_number_field(),
    version=build_number_field(help_text="The new version, also sent as ETag."),
    operation=build_number_field(help_text="Id of the operation, which can be undone."),
)


@use_delivered_labels()
def build_list_urls(kind: Kind, *, resource: str) -> list[URLPattern]:
    """The addresses of these calls; they come before that of one record, whose id may be any text."""
    name, many, own = kind.model.__name__, kind.urls, {"kind_name": kind.name, "resource": resource}
    count: Any = type(f"{name}Count", (MatchCount,), own)
    trash: Any = type(f"{many.title()}Trash", (Trash,), own)
    restoration: Any = type(f"{name}Restoration", (Restoration,), own)
    visibility: Any = type(f"{name}Visibility", (Visibility,), own)
    document_count(count, kind)
    document_trash(trash, kind)
    document_restoration(restoration, kind)
    document_visibility(visibility, kind)
    return [
        path(f"{many}/count", count.as_view(), name=f"own_{kind.name}_count"),
        path(f"{many}/trash", trash.as_view(), name=f"own_{kind.name}_trash"),
        path(f"{many}/<str:pk>/restore", restoration.as_view(), name=f"own_{kind.name}_restore"),
        path(f"{many}/<str:pk>/visibility", visibility.as_view(), name=f"own_{kind.name}_visibility"),
    ]


def document_count(view: Any, kind: Kind) -> None:
    exact = document_query_parameter(
        "exact",
        words="yes counts all, which may take longer than a call may: the answer is 503 then.",
        enum=["yes", "no"],
    )
    extend_schema_view(
        get=call(
            f"Count {kind.urls}",
            COUNTED,
            name=f"count_{kind.urls}",
            parameters=[exact, document_search(kind), document_view(), *get_documented_parameters(kind)],
            words=(
                f"Says how many {kind.urls} the list with the same filters has for the user of the token. Of more than "
                f"{COUNT_AT_FIRST:,}, it says that there are more, as the page does, unless exact asks for the number."
            ),
        )
    )(view)


def document_trash(view: Any, kind: Kind) -> None:
    name, one, many = kind.model.__name__, kind.words.one, kind.urls
    entry = build_response_serializer(
        f"Deleted{name}",
        id=build_number_field(),
        deleted_at=serializers.DateTimeField(),
        by=build_text_field(
            allow_null=True,
            help_text="The name of the user who deleted it; null if no user did, or if the change is gone.",
        ),
        user=build_number_field(allow_null=True, help_text="Id of this user."),
        operation=build_number_field(allow_null=True, help_text="Id of the operation that deleted it."),
        merged_into=build_number_field(
            allow_null=True,
            help_text=f"Id of the {one} that it was merged into; undo the operation to get it back.",
        ),
        record=build_record_serializer(kind)(),
    )
    extend_schema_view(
        get=call(
            f"List {many} in Trash",
            build_response_serializer(
                f"{many.title()}InTrash", trash=entry(many=True), next=build_text_field(allow_null=True)
            ),
            name=f"list_{many}_in_trash",
            parameters=[
                LIMIT,
                AFTER,
                document_sort(kind),
                document_search(kind),
                FIELDS,
                document_expansion(kind),
                *get_documented_parameters(kind),
            ],
            words=(
                f"Returns the deleted {many} that the user of the token can see, page by page, with who deleted them and when. The "
                f"user needs the permission to delete {many}. Filters and sort are those of the list. Follow next until it is null."
            ),
        )
    )(view)


def document_restoration(view: Any, kind: Kind) -> None:
    one = kind.words.one
    extend_schema_view(
        post=call(
            f"Restore a {one}",
            RESTORED,
            name=f"restore_{kind.name}",
            parameters=[IDEMPOTENT, ETAG],
            errors=[404, 413, 415],
            words=(
                f"Takes a {one} out of Trash. The token needs the right to delete. The call has no body. For one that isn't in Trash, the "
                "answer is 409 with the code already_done. One that was merged, or whose unique value another one has by now, is "
                "refused with 422."
            ),
        )
    )(view)
