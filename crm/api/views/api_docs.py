"""The documentation of the APIs: OpenAPI generated from the views, and a page that shows it."""

from functools import cache
from threading import Lock

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from crm.api.v2.v2_view import TITLES
from crm.fields.custom.definitions.built_in_fields import as_delivered

_one_at_a_time = Lock()
# The meaning of `type` and `code` in problems of API v2.
PROBLEMS = "\n\nProblems of API v2 have one of these codes:\n\n" + "\n".join(
    f"- `{code}`: {title}" for code, title in TITLES.items()
)


@transaction.non_atomic_requests
@login_not_required
@require_safe
def schema(request):
    return JsonResponse(made())


# Scripts and styles as on every page; the icons in Swagger's stylesheet are embedded images.
@transaction.non_atomic_requests
@csp_update({"img-src": ["'self'", "data:"]})
@login_not_required
@require_safe
def docs(request):
    return render(request, "api/docs.html")


def made() -> dict:
    """The schema; it is the same for everyone and changes only with the code, so fields have the labels of the code."""
    # Two simultaneous first requests: the generator isn't thread-safe.
    with _one_at_a_time:
        return _made()


@cache
def _made() -> dict:
    # It contains field labels: programs are written in English.
    with translation.override("en"), as_delivered():
        found = SchemaGenerator().get_schema(request=None, public=True)
    found["info"]["description"] += PROBLEMS
    return found
