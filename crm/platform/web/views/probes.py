"""/healthz and /readyz: for load balancers, for monitors, and for the start of `make run`."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, transaction
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.platform.database.read_routing import get_read_ways
from crm.platform.server.draining import is_draining
from crm.platform.server.readiness import can_reach_folder, can_write_to_store, has_all_migrations
from crm.platform.server.system_status import is_worker_up

WELL = {"up", "applied", "primary"}


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_safe
def health(request):
    """Whether this process answers; with `?all`, whether all of Leadwell works."""
    return _build_response(_check_parts(all_of_it=True) if "all" in request.GET else {"web": "up"})


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_safe
def ready(request):
    """Whether this node wants visitors: without the worker, which may be on another machine, and a bucket, which all share."""
    return _build_response(_check_parts(all_of_it=False))


def _check_parts(*, all_of_it: bool) -> dict[str, str]:
    found = {"web": "stopping" if is_draining() else "up", "database": "down", "migrations": "unknown"}
    if all_of_it:
        found["worker"] = "down"
    try:
        with connection.cursor() as cursor:
            found["migrations"] = "applied" if has_all_migrations(cursor) else "missing"
            found["database"] = "up"
            if all_of_it:
                found["worker"] = _format_state(is_worker_up(cursor))
    except Error:
        connection.close()
    if all_of_it or can_reach_folder():
        found["files"] = _format_state(can_write_to_store())
    if all_of_it:
        found |= get_read_ways().get_states()
    return found


def _format_state(works: bool) -> str:
    return "up" if works else "down"


def _build_response(found: dict[str, str]) -> Any:
    response = JsonResponse(found, status=200 if WELL.issuperset(found.values()) else 503)
    # Those who ask every few seconds get it in the response; the log doesn't have to repeat it.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
