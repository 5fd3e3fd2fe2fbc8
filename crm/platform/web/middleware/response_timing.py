"""Answers whose time says nothing about what was found: they leave a multiple of STEP after their request began.

The web server's thread sleeps when the transaction is committed, so no lock waits for it.
"""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Seconds; longer than such a request takes on a busy server, and shorter than a person would notice.
STEP = 0.25
BEGUN = "paced_since"


def mark_response_start(response: HttpResponse, begun: float) -> HttpResponse:
    """`begun` is a moment of time.monotonic()."""
    setattr(response, BEGUN, begun)
    return response


def get_seconds_left(elapsed: float) -> float:
    """Until the next multiple of STEP."""
    return -elapsed % STEP if STEP else 0.0


class PaceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        begun = getattr(response, BEGUN, None)
        if begun is not None:
            time.sleep(get_seconds_left(time.monotonic() - begun))
        return response
