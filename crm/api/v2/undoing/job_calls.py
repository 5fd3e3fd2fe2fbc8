"""API v2: the jobs that change and undo many records, canceling them, and continuing those that were stopped."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import IDEMPOTENT
from crm.api.problems import ApiProblem
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.documentation.field_schemas import build_row_serializer
from crm.api.v2.v2_view import OwnView, get_row_or_404, refuse_unknown_parameters
from crm.models import Job
from crm.platform import jobs

JOB = build_row_serializer(
    "Job",
    Job,
    {
        "id": "",
        "kind": "bulk, undo and so on.",
        "state": "",
        "done": "How many records are done.",
        "total": "",
        "problem": "Why the job failed, or empty.",
        "operation": "Id of the operation, once the job is done, or once the first of its parts is.",
    },
)


def build_job_response(job: Job) -> HttpResponse:
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


def get_visible_job(user: Any, pk: str) -> Job:
    return get_row_or_404(Job.objects.visible_to(user).select_related("operation"), pk)


@extend_schema_view(
    get=call(
        "Get a job",
        JOB,
        name="get_job",
        errors=[404],
        words=(
            "Says how far a job is that a bulk change or an undo has started. Only jobs of the same user are found; an administrator's "
            "token finds all."
        ),
    )
)
class OneJob(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_job_response(get_visible_job(self.user, pk))


@extend_schema_view(
    post=call(
        "Cancel a job",
        JOB,
        name="cancel_job",
        parameters=[IDEMPOTENT],
        errors=[404, 413, 415],
        words=(
            "Cancels a job that hasn't ended: a waiting one at once, a running one within seconds, so ask again until its state is "
            "cancelled. Its changes are undone, except those of parts that are finished. The call has no body. For a job that "
            "has ended, the answer is 409 with the code already_done."
        ),
    )
)
class CancelJob(OwnView):
    resource = "operations"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        job = get_visible_job(self.user, pk)
        if not jobs.cancel_job(job):
            raise ApiProblem(409, "already_done", "This job has ended, so it can't be canceled.")
        job.refresh_from_db()
        return build_job_response(job)


@extend_schema_view(
    post=call(
        "Continue a job",
        JOB,
        name="continue_job",
        parameters=[IDEMPOTENT],
        errors=[404, 413, 415],
        words=(
            "Starts a job that does the parts that a canceled or failed job has left, and returns it. If one does them already, that is "
            "returned. Only the user who started the job can continue it, and only a change in parts. Else the answer is 409 with the "
            "code not_continued. The call has no body."
        ),
    )
)
class ContinueJob(OwnView):
    resource = "operations"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        try:
            rest = jobs.start_rest(get_visible_job(self.user, pk), self.user)
        except jobs.ContinuationRefused as refused:
            raise ApiProblem(409, "not_continued", str(refused)) from refused
        rest.refresh_from_db()
        return build_job_response(rest)
