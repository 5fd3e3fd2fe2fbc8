"""Measures every request but those of monitors. This middleware is only there when metrics are on (crm/settings.py)."""

from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from crm.platform.monitoring.prometheus_metrics import IN_PROGRESS, QUERIES, REQUESTS, SECONDS
from crm.platform.monitoring.slow_queries import OF_MONITORS, TALLY, get_route_name

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class MeasuringMiddleware:
    """Outside all other middleware, so their time, queries and refusals count too. A download counts until it begins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = TALLY.queries
        IN_PROGRESS.inc()
        begun = perf_counter()
        try:
            response = self.get_response(request)
        finally:
            took = perf_counter() - begun
            IN_PROGRESS.dec()
        route = "static" if _is_static(request) else get_route_name(request)
        if route in OF_MONITORS:
            return response
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(route, method, response.status_code).inc()
        SECONDS.labels(route).observe(took)
        QUERIES.labels(route).observe(TALLY.queries - before)
        return response


def _is_static(request: HttpRequest) -> bool:
    """Static files are sent before a URL pattern is looked up."""
    return request.resolver_match is None and request.path.startswith(settings.STATIC_URL)
