"""API v2: operations, taking them back, and the jobs that do so for many leads."""

from typing import Any

from django.http import HttpResponse

from crm import jobs
from crm.api.parameters import number, number_of
from crm.api.problems import Problem
from crm.api.v2.records import API, AT_FIRST, MOST, OwnView
from crm.api.view import answer
from crm.models import Job, Operation
from crm.records.bulk import ROWS_AT_ONCE
from crm.records.operations import readable_operations, visible_operations, words_of
from crm.records.undo import undo
from crm.records.undoable import UndoRefused, is_undone, undone_among, why_not


def shown(record: Operation, user, undone: bool) -> dict[str, Any]:
    return {
        "id": record.pk,
        "kind": record.kind,
        "words": words_of(record, user),
        "channel": record.channel,
        "by": record.by.name if record.by else None,
        "at": moment(record.at),
        "changed": record.changed,
        "unchanged": record.unchanged,
        "refused": record.refused,
        "undoes": record.undoes_id,
        "undone": undone,
    }


def moment(value) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


class Operations(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        """The newest first; `before` is the id of the last one of the page before."""
        data = request.query_params
        size = number("limit", data.get("limit") or str(AT_FIRST), MOST)
        found = visible_operations(self.user).newest_first().select_related("by", "undoes")
        if data.get("before"):
            found = found.before(number("before", data["before"], 10**14))
        records = list(found[: size + 1])
        undone = undone_among(records[:size])
        body = [shown(record, self.user, record.pk in undone) for record in records[:size]]
        return answer({"operations": body, "next": records[size - 1].pk if len(records) > size else None})


class OneOperation(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        record = operation_of(self.user, pk)
        return answer(shown(record, self.user, is_undone(record)))


class UndoOperation(OwnView):
    """Takes it back; over some thousand records a job does so."""

    resource = "operations"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        record = operation_of(self.user, pk)
        if reason := why_not(record, self.user):
            raise Problem(409, "not_undone", str(reason))
        if record.changed > ROWS_AT_ONCE:
            job = jobs.start("undo", self.user, {"operation": record.pk}, total=record.changed)
            return answer({"job": job.pk}, 202)
        try:
            outcome = undo(record, by=self.user, channel=API)
        except UndoRefused as refused:
            raise Problem(409, "not_undone", str(refused)) from refused
        return answer(
            {"operation": outcome.operation.pk, "back": outcome.back_count, "kept": outcome.kept_count}
        )


class OneJob(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        job = Job.objects.visible_to(self.user).filter(pk=number_of(pk) or 0).first()
        if job is None:
            raise Problem(404, "not_found")
        return answer(
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


def operation_of(user, pk: str) -> Operation:
    found = readable_operations(user).filter(pk=number_of(pk) or 0).select_related("by", "undoes").first()
    if found is None:
        raise Problem(404, "not_found")
    return found
