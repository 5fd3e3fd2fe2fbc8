"""The HTTP methods a screen accepts: what browsers send, and nothing else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

KNOWN = ["GET", "HEAD", "POST"]


class KnownMethodsMiddleware:
    """Views only check whether the method is POST; without this, a DELETE would be answered like a GET, outside a
    read-only transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, arguments, keywords) -> HttpResponse | None:
        # API views handle every method themselves.
        if request.method in KNOWN or getattr(view, "any_method", False):
            return None
        return HttpResponseNotAllowed(KNOWN)
