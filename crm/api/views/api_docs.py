"""The documentation of the APIs: OpenAPI made from the views, and a page that reads it."""

from functools import cache
from threading import Lock

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

_one_at_a_time = Lock()


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
    return SchemaGenerator().get_schema(request=None, public=True)
