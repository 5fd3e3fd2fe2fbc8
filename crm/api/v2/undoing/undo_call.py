"""API v2: undoing an operation."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer
from crm.api.problems import ApiProblem
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import STARTED, call
from crm.api.v2.operations import get_readable_operation
from crm.api.v2.v2_view import OwnView, refuse_unknown_parameters
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.jobs import start_undo
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle


@extend_schema_view(
    post=call(
        "Undo an operation",
        build_response_serializer(
            "UndoneOperation",
            operation=build_number_field(help_text="Id of the undo, which can be undone too."),
            back=build_number_field(help_text="Records that have their former values again."),
            kept=build_number_field(
                help_text="Records that kept at least one value, because it was changed again since."
            ),
        ),
        name="undo_operation",
        later=STARTED,
        parameters=[IDEMPOTENT],
        errors=[404, 413, 415],
        words=(
            "Gives the records of an operation their former values. The call has no body. Values that were changed again "
            "since stay as they are. For many records a job does the work, and the answer is 202 with its id."
        ),
    )
)
class UndoOperation(OwnView):
    """Undoes an operation; a job does so for several thousand records."""

    resource = "operations"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        record = get_readable_operation(self.user, pk)
        if reason := get_undo_obstacle(record, self.user):
            raise ApiProblem(409, "not_undone", str(reason))
        try:
            if record.changed > ROWS_AT_ONCE or record.part_count:
                return build_json_response({"job": start_undo(record, self.user).pk}, 202)
            outcome = revert_operation(record, by=self.user, channel=API)
        except UndoRefused as refused:
            raise ApiProblem(409, "not_undone", str(refused)) from refused
        return build_json_response(
            {"operation": outcome.operation.pk, "back": outcome.back_count, "kept": outcome.kept_count}
        )
