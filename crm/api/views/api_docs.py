"""The documentation of the APIs: OpenAPI generated from the views, and a page that shows it."""

import gzip
import json
import re
from functools import cache
from threading import Lock

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from crm.api.v2.v2_view import TITLES
from crm.api.views.kept_schema import keep_schema, read_kept_schema
from crm.fields.custom.definitions.built_in_fields import use_delivered_labels

_one_at_a_time = Lock()
# Not with a weight of zero, by which a program refuses it.
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# The meaning of `type` and `code` in problems of API v2.
PROBLEMS = "\n\nProblems of API v2 have one of these codes:\n\n" + "\n".join(
    f"- `{code}`: {title}" for code, title in TITLES.items()
)


@transaction.non_atomic_requests
@login_not_required
@require_safe
def schema(request):
    plain, compressed = _build_bodies()
    wants_gzip = ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(compressed if wants_gzip else plain, content_type="application/json")
    if wants_gzip:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


# Scripts and styles as on every page; the icons in Swagger's stylesheet are embedded images.
@transaction.non_atomic_requests
@csp_update({"img-src": ["'self'", "data:"]})
@login_not_required
@require_safe
def docs(request):
    return render(request, "api/docs.html")


def get_schema() -> dict:
    """The schema; it is the same for everyone and changes only with the code, so fields have the labels of the code."""
    # Two simultaneous first requests: the generator isn't thread-safe.
    with _one_at_a_time:
        return _generate_schema()


@cache
def _build_bodies() -> tuple[bytes, bytes]:
    """The schema as JSON, 3 MB, and the same compressed, a twentieth. Nothing in it is secret, so its size may be known."""
    if kept := read_kept_schema():
        return kept
    plain = json.dumps(get_schema(), cls=DjangoJSONEncoder).encode()
    compressed = gzip.compress(plain, mtime=0)
    keep_schema(compressed)
    return plain, compressed


@cache
def _generate_schema() -> dict:
    # It contains field labels: programs are written in English.
    with translation.override("en"), use_delivered_labels():
        found = SchemaGenerator().get_schema(request=None, public=True)
    found["info"]["description"] += PROBLEMS
    return found
