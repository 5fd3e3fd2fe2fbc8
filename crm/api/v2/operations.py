"""API v2: operations, undoing them, and the jobs that undo large ones."""

from typing import Any

from django.http import HttpResponse

from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_number_parameter, parse_url_number
from crm.api.problems import Problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.refusal_counts import count_refused_by_operation
from crm.api.v2.v2_view import AT_FIRST, MOST, OwnView, format_moment, refuse_unknown
from crm.models import Job, Operation
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.jobs import start_undo
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import (
    UndoingOperations,
    UndoRefused,
    get_undoing_operations,
    why_not,
)
from crm.records.history.visible_operations import (
    describe_operation,
    readable_operations,
    visible_operations,
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


class Operations(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]
    parameters = ("limit", "before")

    def get(self, request: Any) -> HttpResponse:
        """Newest first; `before` is the ID of the last operation on the previous page."""
        data = request.query_params
        size = parse_number_parameter("limit", data.get("limit") or str(AT_FIRST), MOST)
        found = visible_operations(self.user).whole().newest_first().select_related("by", "undoes")
        if data.get("before"):
            found = found.before(parse_number_parameter("before", data["before"], 10**14))
        records = list(found[: size + 1])
        page = records[:size]
        undoing, refused = get_undoing_operations(page), count_refused_by_operation(page)
        body = [build_operation_json(record, self.user, undoing, refused[record.pk]) for record in page]
        return build_json_response({"operations": body, "next": page[-1].pk if len(records) > size else None})


class OneOperation(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        record = get_readable_operation(self.user, pk)
        refused = count_refused_by_operation([record])[record.pk]
        return build_json_response(
            build_operation_json(record, self.user, get_undoing_operations([record]), refused)
        )


class UndoOperation(OwnView):
    """Undoes an operation; a job does so for several thousand records."""

    resource = "operations"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        refuse_unknown(self.sent, ())
        record = get_readable_operation(self.user, pk)
        if reason := why_not(record, self.user):
            raise Problem(409, "not_undone", str(reason))
        try:
            if record.changed > ROWS_AT_ONCE or record.part_count:
                return build_json_response({"job": start_undo(record, self.user).pk}, 202)
            outcome = revert_operation(record, by=self.user, channel=API)
        except UndoRefused as refused:
            raise Problem(409, "not_undone", str(refused)) from refused
        return build_json_response(
            {"operation": outcome.operation.pk, "back": outcome.back_count, "kept": outcome.kept_count}
        )


class OneJob(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        job = Job.objects.visible_to(self.user).filter(pk=parse_url_number(pk) or 0).first()
        if job is None:
            raise Problem(404, "not_found")
        return build_json_response(
            {
                "id": job.pk,
                "kind": job.kind,
                "state": job.state,
                "done": job.done,
                "total": job.total,
                "problem": job.problem,
                "operation": job.operation_id,
            }
        )


def get_readable_operation(user, pk: str) -> Operation:
    found = (
        readable_operations(user).filter(pk=parse_url_number(pk) or 0).select_related("by", "undoes").first()
    )
    if found is None:
        raise Problem(404, "not_found")
    return found
