"""The documentation of the APIs: OpenAPI made from the views, and a page that reads it."""

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

from crm.api.v2.view import TITLES

_one_at_a_time = Lock()
# What `type` and `code` of a problem of API v2 mean.
PROBLEMS = "\n\nProblems of API v2 have one of these codes:\n\n" + "\n".join(
    f"- `{code}`: {title}" for code, title in TITLES.items()
)


@transaction.non_atomic_requests
@login_not_required
@require_safe
def schema(request):
    return JsonResponse(made())


# Scripts and styles as on every page; the icons of Swagger's stylesheet are images within it.
@transaction.non_atomic_requests
@csp_update({"img-src": ["'self'", "data:"]})
@login_not_required
@require_safe
def docs(request):
    return render(request, "api/docs.html")


def made() -> dict:
    """The schema; it is the same for everybody and changes with the program only."""
    # Two who ask first at the same moment: its maker cannot work twice at once.
    with _one_at_a_time:
        return _made()


@cache
def _made() -> dict:
    # Labels of fields are part of it: programs are written in English.
    with translation.override("en"):
        found = SchemaGenerator().get_schema(request=None, public=True)
    found["info"]["description"] += PROBLEMS
    return found
