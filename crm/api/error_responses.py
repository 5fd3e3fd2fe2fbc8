"""What programs get in place of error pages: an address that doesn't exist, and a database that can't be reached."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse

from crm.api.problems import ApiProblem, build_unavailable_problem
from crm.api.v2.v2_view import OWN_PREFIX, build_problem_response
from crm.platform.web.program_addresses import FOR_PROGRAMS
from crm.platform.web.transactions import is_database_away
from crm.platform.web.views import errors
from crm.platform.web.views.errors import AGAIN_AFTER

# What a program gets for a URL that doesn't exist, in the format of its dialect.
UNKNOWN = {
    "/api/": {"status": False, "error": "Unknown method"},
    "/v1/": {"result": "error", "message": "There is no such address."},
}


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if f"{request.path}/".startswith(OWN_PREFIX):
        return build_problem_response(ApiProblem(404, "not_found", "API v2 has no call at this address."))
    for prefix, body in UNKNOWN.items():
        if request.path.startswith(prefix):
            return JsonResponse(body, status=404)
    return errors.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if not (request.path.startswith(FOR_PROGRAMS) and is_database_away(sys.exception(), request.method)):
        return errors.server_error(request)
    response = build_problem_response(build_unavailable_problem())
    response["Retry-After"] = str(AGAIN_AFTER)
    return response
