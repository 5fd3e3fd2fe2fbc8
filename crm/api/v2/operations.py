"""API v2: operations, as the page Operations lists them."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.v2.documentation.call_parts import BEFORE, LIMIT, build_refusals_field, call
from crm.api.v2.documentation.field_schemas import build_row_serializer
from crm.api.v2.refusal_counts import count_refused_by_operation
from crm.api.v2.v2_view import (
    OwnView,
    format_moment,
    get_page_before,
    get_row_or_404,
)
from crm.models import Operation
from crm.records.history.undo.undo_permission import (
    UndoingOperations,
    get_undoing_operations,
)
from crm.records.history.visible_operations import (
    describe_operation,
    readable_operations_queryset,
    visible_operations_queryset,
)


def build_operation_json(
    record: Operation, user, undoing: UndoingOperations, refused: dict[str, int]
) -> dict[str, Any]:
    return {
        "id": record.pk,
        "kind": record.kind,
        "words": describe_operation(record, user),
        "channel": record.channel,
        "by": record.by.name if record.by else None,
        "at": format_moment(record.at),
        "changed": record.changed,
        "unchanged": record.unchanged,
        "refused": refused,
        "undoes": record.undoes_id,
        "undone": record.pk in undoing.done,
        "partly_undone": record.pk in undoing.partly,
        "part_of": record.part_of_id,
        "parts": record.part_count,
        "parts_left": record.parts_left,
    }


OPERATION = build_row_serializer(
    "Operation",
    Operation,
    {
        "id": "",
        "kind": "What was done, such as add, edit, move or undo.",
        "words": build_text_field(help_text="What was done, in words."),
        "channel": "",
        "by": build_text_field(allow_null=True, help_text="The name of the user."),
        "at": "",
        "changed": "",
        "unchanged": "",
        "refused": build_refusals_field(),
        "undoes": "Id of the operation that this one undoes.",
        "undone": serializers.BooleanField(help_text="Whether its undo is complete and in effect."),
        "partly_undone": serializers.BooleanField(
            help_text="Whether only some of its parts have been undone so far. Undo it again to continue."
        ),
        "part_of": "Id of the operation that this one is a part of, which can be undone.",
        "parts": build_number_field(
            help_text="In how many parts it runs, because it is about more than a million records, or 0 if all were changed at "
            "once."
        ),
        "parts_left": build_number_field(help_text="How many of its parts haven't been carried out."),
    },
)


@extend_schema_view(
    get=call(
        "List operations",
        build_response_serializer(
            "Operations", operations=OPERATION(many=True), next=build_number_field(allow_null=True)
        ),
        name="list_operations",
        parameters=[
            LIMIT,
            BEFORE,
        ],
        words="Returns the changes that the user of the token can see, newest first. Follow next until it is null.",
    )
)
class Operations(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]
    parameters = ("limit", "before")

    def get(self, request: Any) -> HttpResponse:
        """Newest first; `before` is the ID of the last operation on the previous page."""
        found = visible_operations_queryset(self.user).whole().newest_first().select_related("by", "undoes")
        page, following = get_page_before(found, request.query_params)
        undoing, refused = get_undoing_operations(page), count_refused_by_operation(page)
        body = [build_operation_json(record, self.user, undoing, refused[record.pk]) for record in page]
        return build_json_response({"operations": body, "next": following})


@extend_schema_view(
    get=call(
        "Get an operation",
        OPERATION,
        name="get_operation",
        errors=[404],
        words="Returns one change: who made it, when, and how many records it changed.",
    )
)
class OneOperation(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        record = get_readable_operation(self.user, pk)
        refused = count_refused_by_operation([record])[record.pk]
        return build_json_response(
            build_operation_json(record, self.user, get_undoing_operations([record]), refused)
        )


def get_readable_operation(user, pk: str) -> Operation:
    return get_row_or_404(readable_operations_queryset(user).select_related("by", "undoes"), pk)
