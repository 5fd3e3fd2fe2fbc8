"""API v2: the jobs that change and undo many records."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view

from crm.api.api_view import build_json_response
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.documentation.field_schemas import build_row_serializer
from crm.api.v2.v2_view import OwnView, get_row_or_404
from crm.models import Job


@extend_schema_view(
    get=call(
        "Get a job",
        build_row_serializer(
            "Job",
            Job,
            {
                "id": "",
                "kind": "bulk, undo and so on.",
                "state": "",
                "done": "How many records are done.",
                "total": "",
                "problem": "Why the job failed, or empty.",
                "operation": "Id of the operation, once the job is done.",
            },
        ),
        name="get_job",
        errors=[404],
        words="Says how far a job is that a bulk change or an undo has started. Only jobs of the same user are found.",
    )
)
class OneJob(OwnView):
    resource = "operations"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        job = get_row_or_404(Job.objects.visible_to(self.user), pk)
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
