"""/healthz: whether web, database and worker are up, for monitors and for the start of `make run`."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, transaction
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.server.state import worker_is_up


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_safe
def health(request):
    up = {"web": True, "database": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            up["database"] = True
            up["worker"] = worker_is_up(cursor)
    except Error:
        connection.close()
    words = {name: "up" if value else "down" for name, value in up.items()}
    response = JsonResponse(words, status=200 if all(up.values()) else 503)
    # Monitors that ask every few seconds get it in the response; the log doesn't have to repeat it.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
