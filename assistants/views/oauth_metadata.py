"""What a program reads to learn how it is connected: about the address for assistants, and about who gives access to it."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from assistants.sign_in.server_metadata import build_resource_metadata, build_server_metadata


@transaction.non_atomic_requests
@login_not_required
@require_safe
def protected_resource(request: HttpRequest) -> JsonResponse:
    return JsonResponse(build_resource_metadata())


@transaction.non_atomic_requests
@login_not_required
@require_safe
def authorization_server(request: HttpRequest) -> JsonResponse:
    return JsonResponse(build_server_metadata())
