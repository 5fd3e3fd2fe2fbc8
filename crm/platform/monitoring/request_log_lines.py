"""With JSON lines, each request and each run of a job has a line, so its ID can be followed to its user and change."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from crm.models import Operation
from crm.platform.monitoring.current_task import TASK_END_HOOKS, CurrentWork, get_current_work
from crm.platform.monitoring.slow_queries import OF_MONITORS, TALLY, get_route_name
from crm.platform.web.middleware.request_ids import get_current_request

requests, jobs = logging.getLogger("leadwell.request"), logging.getLogger("leadwell.job")


class LineMiddleware:
    """Just inside the middleware of request IDs. Static files and the questions of monitors have no line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before, begun = TALLY.queries, perf_counter()
        response = self.get_response(request)
        route = get_route_name(request)
        if route in OF_MONITORS or request.path.startswith(settings.STATIC_URL):
            return response
        took = round((perf_counter() - begun) * 1000)
        method = request.method or ""
        requests.info(
            "%s %s: %d",
            method,
            route,
            response.status_code,
            extra={
                "method": method,
                "status": response.status_code,
                "milliseconds": took,
                "queries": TALLY.queries - before,
            },
        )
        return response


def start_logging_jobs() -> None:
    """From now on, runs of jobs in this process have lines."""
    if log_ended_job not in TASK_END_HOOKS:
        TASK_END_HOOKS.append(log_ended_job)


def log_ended_job(work: CurrentWork, seconds: float) -> None:
    details = {"state": work.state, "milliseconds": round(seconds * 1000)}
    jobs.info("%s: %s", work.kind, work.state, extra=details)


def note_operation(operation: Operation) -> None:
    """The last change that a request or job has recorded is in its lines from now on."""
    request, work = get_current_request(), get_current_work()
    if request:
        request.operation_id = operation.pk  # type: ignore[attr-defined]
    if work:
        work.operation = operation.pk
