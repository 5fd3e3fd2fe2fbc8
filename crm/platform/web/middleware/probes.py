"""What load balancers ask: they send no cookies that count, and any host name or none."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Their responses contain no address, so the name by which they were asked doesn't matter.
PATHS = {"/healthz", "/readyz"}


class ProbesMiddleware:
    """A check of HAProxy without a host name, or with the address of this node, gets its response, and
    ALLOWED_HOSTS stays as narrow as it is for all other pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PATHS:
            request.META["HTTP_HOST"] = "localhost"
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)
