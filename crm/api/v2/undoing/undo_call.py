"""API v2: undoing an operation, and what an undo would do."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.problems import ApiProblem
from crm.api.token_scopes import has_token_right
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import STARTED, call
from crm.api.v2.operations import get_readable_operation
from crm.api.v2.v2_view import Fields, OwnView
from crm.models import Operation
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.jobs import start_undo
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle
from crm.records.history.undo_forecast import build_undo_forecast
from crm.records.history.verb_execution import Verb

IN_PREVIEW: dict[str, Any] = {"required": False}
KEPT = build_response_serializer(
    "KeptRecords",
    reason=build_text_field(help_text="The reason as a short name, such as changed_since."),
    records=build_number_field(),
    words=build_text_field(help_text="The reason in words."),
    remedy=build_text_field(help_text="What to do so that they can be undone too, or empty."),
)
UNDONE = build_response_serializer(
    "UndoneOperation",
    operation=build_number_field(
        allow_null=True, help_text="Id of the undo, which can be undone too; null for a preview."
    ),
    back=build_number_field(help_text="Records that have their former values again, or would have them."),
    kept=build_number_field(
        help_text="Records that kept at least one value, because it was changed again since."
    ),
    to_trash=build_number_field(
        help_text="Only in a preview: those among back that the operation added, which go to Trash.",
        **IN_PREVIEW,
    ),
    kept_by_reason=KEPT(many=True, help_text="Only in a preview.", **IN_PREVIEW),
    lasting=build_text_field(
        help_text="Only in a preview: what stays although the rest goes back, such as emails that were sent, or empty.",
        **IN_PREVIEW,
    ),
    parts_judged=build_number_field(
        help_text="Only in a preview of an operation in parts: how many parts these numbers are about.",
        **IN_PREVIEW,
    ),
    parts_unjudged=build_number_field(help_text="The others of this preview.", **IN_PREVIEW),
)


class UndoFields(Fields):
    """The body of an undo, which may be empty."""

    preview = serializers.BooleanField(
        default=False, help_text="true says what would go back and changes nothing."
    )


def build_preview_json(record: Operation, user: Any) -> dict[str, Any]:
    forecast = build_undo_forecast(record, user)
    kept = [
        {
            "reason": row.reason,
            "records": row.records,
            "words": row.sentence,
            "remedy": row.remedy.text if row.remedy else "",
        }
        for row in forecast.kept
    ]
    parts = {"parts_judged": forecast.looked, "parts_unjudged": forecast.unlooked}
    return {
        "operation": None,
        "back": forecast.outcome.back_count,
        "kept": forecast.outcome.kept_count,
        "to_trash": forecast.outcome.created_count,
        "kept_by_reason": kept,
        "lasting": forecast.lasting,
        **(parts if record.part_count else {}),
    }


@extend_schema_view(
    post=call(
        "Undo an operation",
        UNDONE,
        name="undo_operation",
        sends=UndoFields,
        later=STARTED,
        parameters=[IDEMPOTENT],
        errors=[404],
        words=(
            "Gives the records of an operation their former values. Values that were changed again since stay as they are. For many "
            "records a job does the work, and the answer is 202 with its id. With preview, the answer says what would go back and what "
            "would stay, and why, and nothing changes; the token then needs the right to read."
        ),
    )
)
class UndoOperation(OwnView):
    """Undoes an operation; a job does so for several thousand records."""

    resource = "operations"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        sent = UndoFields.read(self.sent_fields)
        if sent["preview"]:
            self.require_right("get", "A preview counts records: this token or its user may not read them.")
        record = get_readable_operation(self.user, pk)
        verb = Verb.known.get(record.original.kind)
        if verb and verb.program_right and not has_token_right(self.token, verb.program_right):
            raise ApiProblem(403, "forbidden", "This token may not do what this operation did.")
        if reason := get_undo_obstacle(record, self.user):
            raise ApiProblem(409, "not_undone", str(reason))
        if sent["preview"]:
            return build_json_response(build_preview_json(record, self.user))
        try:
            if record.changed > ROWS_AT_ONCE or record.part_count:
                return build_json_response({"job": start_undo(record, self.user).pk}, 202)
            outcome = revert_operation(record, by=self.user, channel=API)
        except UndoRefused as refused:
            raise ApiProblem(409, "not_undone", str(refused)) from refused
        return build_json_response(
            {"operation": outcome.operation.pk, "back": outcome.back_count, "kept": outcome.kept_count}
        )
